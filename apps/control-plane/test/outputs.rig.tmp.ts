import { randomBytes, generateKeyPairSync } from "node:crypto"
import { Readable } from "node:stream"
import { mkdtempSync } from "node:fs"
import { join } from "node:path"
import pg from "pg"
import { extract } from "tar-stream"
import { openAudit } from "../src/audit/open.ts"
import { loadAccess } from "../src/domain/decide.ts"
import { newId } from "../src/domain/id.ts"
import { openDb, openPool } from "../src/store/db.ts"
import { migrate } from "../src/store/migrate.ts"
import { findPersonActor } from "../src/store/actors.ts"
import { TooLarge } from "../src/drivers/objects.ts"
import { createHash } from "node:crypto"
import { checkFiles, inputFromBytes, loadPolicy } from "#output-checker/check.ts"
import type { Ctx } from "../src/context.ts"

const ADMIN = "postgresql://postgres@127.0.0.1:55441/postgres"
export async function startRig() {
  const admin = new pg.Client(ADMIN)
  await admin.connect()
  const name = `t_${newId()}`
  for (const r of ["glasshouse_owner", "glasshouse_app", "glasshouse_reader"])
    await admin.query(`do $$ begin create role ${r} login; exception when duplicate_object then null; end $$`)
  await admin.query(`create database ${name} owner glasshouse_owner`)
  await admin.end()
  const url = (role: string) => `postgresql://${role}@127.0.0.1:55441/${name}`
  const ownerPool = openPool({ connectionString: url("glasshouse_owner"), max: 2 })
  await migrate(openDb(ownerPool) as never)
  await ownerPool.end()
  const pool = openPool({ connectionString: url("glasshouse_app") })
  const db = openDb(pool)
  const key = () => Buffer.from(generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }))
  const clockState = { offset: 0 }
  const audit = await openAudit({
    database: { connectionString: url("glasshouse_app") },
    keys: { access: randomBytes(32), register: randomBytes(32), master: randomBytes(32) },
    installationId: newId(),
    publishedDirectory: mkdtempSync("/tmp/gh/pub-"),
  })
  const store = new Map<string, Buffer>()
  const objects = {
    async put(bucket: string, k: string, body: Readable, max: number) {
      const parts: Buffer[] = []
      let n = 0
      for await (const c of body) {
        n += (c as Buffer).length
        if (n > max) throw new TooLarge("x")
        parts.push(c as Buffer)
      }
      const b = Buffer.concat(parts)
      store.set(`${bucket}/${k}`, b)
      return { size: b.length, sha256: createHash("sha256").update(b).digest("hex") }
    },
    async get(bucket: string, k: string) {
      const b = store.get(`${bucket}/${k}`)
      if (!b) throw new Error("NoSuchKey")
      return Readable.from([b])
    },
    async read(bucket: string, k: string) {
      const b = store.get(`${bucket}/${k}`)
      if (!b) throw new Error("NoSuchKey")
      return b
    },
    async copy(fb: string, fk: string, tb: string, tk: string) {
      const b = store.get(`${fb}/${fk}`)
      if (!b) throw new Error("NoSuchKey")
      store.set(`${tb}/${tk}`, b)
    },
    async exists(bucket: string, k: string) { return store.has(`${bucket}/${k}`) },
    async remove(bucket: string, k: string) { store.delete(`${bucket}/${k}`) },
    async ready() { return true },
  }
  const agentState: { fail?: (names: string[]) => unknown } = {}
  const agent = {
    async check(_id: string, o: { policy: string; ids?: number }, tar: NodeJS.ReadableStream) {
      const files: [string, Buffer][] = []
      const x = extract()
      tar.pipe(x as never)
      for await (const e of x) {
        const bs: Buffer[] = []
        for await (const c of e) bs.push(c as Buffer)
        files.push([e.header.name, Buffer.concat(bs)])
      }
      const f = agentState.fail?.(files.map((y) => y[0]))
      if (f) throw f
      const of = (p: string) => files.filter(([n]) => n.startsWith(p)).map(([n, b]) => inputFromBytes(`./${n.slice(p.length)}`, b))
      return checkFiles(of("files/"), loadPolicy(o.policy), { supporting: of("supporting/"), ...(o.ids === undefined ? {} : { idsBase: o.ids }), earlier: of("previous/").map((input) => ({ release: input.path.split("/")[1]!, audience: "all" as const, input })) })
    },
  }
  const ctx = {
    config: { zone: "Europe/London", site: new URL("http://glasshouse.localhost:8080"), policiesDir: join(import.meta.dirname, "../../../policies") },
    db, pool, audit, access: loadAccess(join(import.meta.dirname, "../../../policies/access")),
    clock: { now: () => new Date(Date.now() + clockState.offset) },
    drivers: { agent, objects, custody: { projectRange: async () => ({ from: 5 * 2 ** 32, to: 6 * 2 ** 32 - 1 }) } },
    log: { info() {}, warn(f: unknown, m: string) { console.log("WARN", m, f) }, error(f: unknown, m: string) { console.log("ERR", m, f) } },
  } as unknown as Ctx
  const org = async (n: string) => { const id = newId(); await db.insertInto("organisation").values({ id, name: n }).execute(); return id }
  const o1 = await org("University"); const o2 = await org("NHS")
  await db.insertInto("terms").values({ version: 1, text: "t" }).execute()
  const person = async (n: string, organisation: string) => {
    const id = newId()
    await db.insertInto("person").values({ id, name: n, email: `${id}@x.org`, organisation_id: organisation }).execute()
    await db.insertInto("training").values({ person_id: id, kind: "safe_researcher", until: "2099-01-01", evidence: "e", recorded_by: null }).execute()
    await db.insertInto("terms_acceptance").values({ person_id: id, version: 1 }).execute()
    return id
  }
  const appoint = (p: string, role: string, kind: string, scope: string | null) =>
    db.insertInto("appointment").values({ id: newId(), person_id: p, role: role as never, scope_kind: kind as never, scope_id: scope, from_at: new Date(0), until_at: null, reason: "r", state: "active", proposed_by: null, confirmed_by: null, bootstrap: true, ended_at: null, ended_reason: null }).execute()
  const project = newId()
  await db.insertInto("project").values({ id: project, number: "P-0001", title: "Liver", summary: "s", organisation_id: o1 }).execute()
  const researcher = await person("Rosa", o1); const c1 = await person("Cem", o2); const c2 = await person("Cara", o2); const c3 = await person("Cleo", o2); const own = await person("Conrad", o1); const other = await person("Olga", o2)
  await appoint(researcher, "researcher", "project", project)
  for (const c of [c1, c2, c3, own]) await appoint(c, "output_checker", "installation", null)
  await db.insertInto("agreement_version").values({ project_id: project, version: 1, state: "in_force", document: JSON.stringify({ outputPolicy: { preset: "nhs-england-sde" } }), sha256: "a".repeat(64), reason: "r", proposed_by: null, in_force_at: new Date(), until: "2099-01-01", ended_at: null, event_outbox: null }).execute()
  await db.insertInto("agreement_signature").values({ project_id: project, version: 1, person_id: researcher, sha256: "a".repeat(64) }).execute()
  const workspace = newId(); const run = newId()
  await db.insertInto("workspace").values({ id: workspace, project_id: project, person_id: researcher, state: "running", code: null, last_human_at: null }).execute()
  await db.insertInto("run").values({ id: run, workspace_id: workspace, generation: 1, node: null, wanted: "running", step: null, probes: null, code: null, agreement_version: 1, extract_id: null, started_at: null, stopped_at: null, observed_at: null }).execute()
  const sessions = new Map<string, string>()
  const as = async (p: string) => {
    let s = sessions.get(p)
    if (!s) { s = newId(); sessions.set(p, s); await db.insertInto("session").values({ id: s, person_id: p, issuer: "i", sid: s, ended_at: null, ended_code: null }).execute() }
    return { actor: (await findPersonActor(db, p, s, ctx.clock.now()))!, request: newId() }
  }
  return { ctx, store, agentState, clockState, project, run, people: { researcher, c1, c2, c3, own, other }, as,
    async stop() { await audit[Symbol.asyncDispose](); await pool.end() } }
}
