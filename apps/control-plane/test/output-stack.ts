// A control plane over a database of its own, with the real log and the real disclosure engine, and with
// an object store, a sandbox and a clock that obey the test. One project with a researcher, a project
// admin and a workspace that runs; output checkers of another organisation, and one of the project's.
import { createHash, randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Readable } from "node:stream"
import type { FastifyInstance } from "fastify"
import { Client } from "pg"
import { extract } from "tar-stream"
import { checkFiles, inputFromBytes, loadPolicy } from "#output-checker/check.ts"
import { buildApp } from "../src/app.ts"
import type { Asked } from "../src/actions/change.ts"
import { pushFile, requestFromWorkspace } from "../src/actions/uploads.ts"
import { voteOnFile, submitReview } from "../src/actions/output-reviews.ts"
import { viewRequest } from "../src/actions/output-view.ts"
import { releaseRequest } from "../src/actions/releases.ts"
import { openAudit } from "../src/audit/open.ts"
import type { Ctx } from "../src/context.ts"
import type { PersonActor } from "../src/domain/actor.ts"
import { loadAccess } from "../src/domain/decide.ts"
import { newId } from "../src/domain/id.ts"
import { checks } from "../src/reconcile/checks.ts"
import { releases } from "../src/reconcile/releases.ts"
import { findPersonActor } from "../src/store/actors.ts"
import { openDb, openPool } from "../src/store/db.ts"
import { migrate } from "../src/store/migrate.ts"
import type { Role, ScopeKind, Vote } from "#contract/vocabulary.ts"
import { makeMemoryStore, type MemoryStore } from "./memory-store.ts"

const POLICIES = join(import.meta.dirname, "../../../policies")
const ISSUER = "http://id.test/realms/glasshouse"
/** The project's own person_id range begins here. */
export const IDS_BASE = 5 * 2 ** 32

export interface Sandbox {
  /** What is thrown instead of an answer, given the names in the archive. */
  breaks: ((names: string[]) => Error | undefined) | undefined
  /** Called when an archive has come in whole, before the answer. */
  during: (() => Promise<void>) | undefined
  /** Changes the engine's answer. */
  answers: ((report: unknown) => unknown) | undefined
  readonly archives: string[][]
}

export type PersonName = keyof OutputStack["people"]

export interface OutputStack {
  readonly ctx: Ctx
  readonly app: FastifyInstance
  readonly store: MemoryStore
  readonly sandbox: Sandbox
  readonly project: string
  readonly run: string
  readonly people: Readonly<
    Record<
      "author" | "colleague" | "admin" | "first" | "second" | "third" | "insider" | "stranger" | "auditor",
      string
    >
  >
  /** Moves the clock forward. */
  pass(seconds: number): void
  as(person: PersonName): Promise<Asked & { readonly actor: PersonActor }>
  /** Answer of an operation over HTTP, with a fresh code. */
  call(
    person: PersonName,
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    body?: unknown,
  ): Promise<Answer>
  push(path: string, text: string | Buffer): Promise<string>
  /** A request of these files, sent and checked: with the checkers. */
  submitted(files: Record<string, string>): Promise<{ request: string; files: Record<string, FileOf> }>
  vote(person: PersonName, request: string, vote: Vote): Promise<void>
  /** Released and published, out of nothing. */
  released(
    files: Record<string, string>,
  ): Promise<{ request: string; release: string; files: Record<string, FileOf> }>
  [Symbol.asyncDispose](): Promise<void>
}

export interface FileOf {
  readonly id: string
  readonly candidate: string
}
export interface Answer {
  readonly status: number
  readonly headers: Record<string, unknown>
  // eslint-disable-next-line typescript/no-explicit-any
  readonly body: any
  readonly raw: Buffer
}

export async function startOutputStack(): Promise<OutputStack> {
  const url = process.env["GLASSHOUSE_TEST_DATABASE_URL"]
  if (url === undefined) throw new Error("set GLASSHOUSE_TEST_DATABASE_URL (npm test does)")
  const name = `outputs_${randomBytes(6).toString("hex")}`
  await asAdmin(url, async (client) => {
    for (const role of ["glasshouse_owner", "glasshouse_app", "glasshouse_reader"])
      await client.query(
        `do $$ begin create role ${role} login; exception when duplicate_object or unique_violation then null; end $$`,
      )
    await client.query(`create database ${name}`)
  })
  const own = new URL(url)
  own.pathname = `/${name}`
  const owner = openPool({ connectionString: own.href, max: 2 })
  await migrate(openDb(owner) as never)
  await owner.end()
  const pool = openPool({ connectionString: own.href, max: 8 })
  // First on every connection: from here on it may do what the application's role may.
  pool.on("connect", (client) => void client.query("set role glasshouse_app").catch(() => {}))
  const db = openDb(pool)
  const published = await mkdtemp(join(tmpdir(), "published-"))
  const audit = await openAudit({
    database: { connectionString: own.href, options: "-c role=glasshouse_app" },
    keys: { access: randomBytes(32), register: randomBytes(32), master: randomBytes(32) },
    installationId: newId(),
    publishedDirectory: published,
  })
  const store = makeMemoryStore()
  const sandbox: Sandbox = { breaks: undefined, during: undefined, answers: undefined, archives: [] }
  let ahead = 0
  const ctx = {
    config: {
      zone: "Europe/London",
      site: new URL("http://glasshouse.localhost:8080"),
      policiesDir: POLICIES,
      webDir: "/nonexistent",
      identity: { issuer: ISSUER, origin: "http://id.glasshouse.localhost:8080" },
      idleSeconds: 1_000_000_000,
      stepUpSeconds: 300,
      version: "0.0.0",
    },
    db,
    pool,
    audit,
    access: loadAccess(join(POLICIES, "access")),
    clock: { now: () => new Date(Date.now() + ahead * 1_000) },
    drivers: {
      objects: store,
      agent: {
        check: (_id: string, options: CheckOptions, tar: NodeJS.ReadableStream) =>
          runSandbox(sandbox, options, tar),
      },
      custody: { projectRange: async () => ({ from: IDS_BASE + 1, to: IDS_BASE + 2 ** 32 - 1 }) },
    },
    live: { on: () => () => {} },
    log: { info() {}, warn() {}, error() {} },
  } as unknown as Ctx

  const { project, run, people } = await seed(ctx)
  const app = await buildApp(ctx, {
    logger: false,
    verify: async (token) => ({
      issuer: ISSUER,
      subject: token,
      sid: token,
      acr: "gh-fresh",
      authTime: Math.floor(ctx.clock.now().getTime() / 1_000),
    }),
  })

  const sessions = new Map<string, string>()
  async function as(person: PersonName): Promise<Asked & { actor: PersonActor }> {
    const id = people[person]
    let session = sessions.get(id)
    if (session === undefined) {
      session = newId()
      sessions.set(id, session)
      await db
        .insertInto("session")
        .values({
          id: session,
          person_id: id,
          issuer: ISSUER,
          sid: `action-${session}`,
          ended_at: null,
          ended_code: null,
        })
        .execute()
    }
    const actor = await findPersonActor(db, id, session, ctx.clock.now())
    if (!actor) throw new Error(`nobody is ${person}`)
    return { actor, request: newId() }
  }

  async function submitted(files: Record<string, string>) {
    const pushed: Record<string, string> = {}
    for (const [path, text] of Object.entries(files)) pushed[path] = await push(path, text)
    const made = await requestFromWorkspace(ctx, run, {
      title: "Counts by region",
      groups: [
        {
          name: "Tables",
          context: "Counts of the study",
          files: Object.values(pushed).map((file) => ({
            file,
            kind: "output",
            description: "A table",
            smallNumbers: "Rounded to five, small ones left out",
          })),
        },
      ],
    })
    if (made.state !== "checking") throw new Error(made.reason)
    await checks(ctx)
    const view = await viewRequest(ctx, await as("author"), made.request)
    return {
      request: made.request,
      files: Object.fromEntries(view.files.map((f) => [f.path, { id: f.id, candidate: f.candidate }])),
    }
  }

  async function vote(person: PersonName, request: string, chosen: Vote): Promise<void> {
    const asked = await as(person)
    const view = await viewRequest(ctx, asked, request)
    for (const f of view.files.filter((x) => x.kind === "output"))
      await voteOnFile(ctx, asked, request, f.id, { vote: chosen, candidate: f.candidate })
    await submitReview(ctx, asked, request)
  }

  async function push(path: string, text: string | Buffer): Promise<string> {
    return (await pushFile(ctx, run, path, Readable.from([Buffer.from(text)], { objectMode: false }))).file
  }

  return {
    ctx,
    app,
    store,
    sandbox,
    project,
    run,
    people,
    as,
    push,
    submitted,
    vote,
    pass: (seconds) => {
      ahead += seconds
    },
    async released(files) {
      const made = await submitted(files)
      await vote("first", made.request, "approve")
      await vote("second", made.request, "approve")
      const { release } = await releaseRequest(ctx, await as("first"), made.request)
      await releases(ctx)
      return { ...made, release }
    },
    async call(person, method, path, body) {
      const answer = await app.inject({
        method,
        url: path,
        headers: { authorization: `Bearer ${people[person]}` },
        ...(body === undefined ? {} : { payload: body as object }),
      })
      const json = String(answer.headers["content-type"]).startsWith("application/json")
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: json ? answer.json() : undefined,
        raw: answer.rawPayload,
      }
    },
    async [Symbol.asyncDispose]() {
      await app.close()
      await audit[Symbol.asyncDispose]()
      await pool.end()
      await rm(published, { recursive: true, force: true })
      await asAdmin(url, (client) => client.query(`drop database ${name} with (force)`))
    },
  }
}

interface CheckOptions {
  readonly policy: string
  readonly ids?: number
}

/** What the agent does with an archive, without a container around it. */
async function runSandbox(
  sandbox: Sandbox,
  options: CheckOptions,
  tar: NodeJS.ReadableStream,
): Promise<unknown> {
  const entries: { name: string; bytes: Buffer }[] = []
  const reading = extract()
  tar.pipe(reading)
  tar.on("error", (error: Error) => reading.destroy(error))
  for await (const entry of reading) {
    const parts: Buffer[] = []
    for await (const part of entry) parts.push(part as Buffer)
    entries.push({ name: entry.header.name, bytes: Buffer.concat(parts) })
  }
  const names = entries.map((e) => e.name)
  sandbox.archives.push(names)
  await sandbox.during?.()
  const broken = sandbox.breaks?.(names)
  if (broken) throw broken
  const inside = (folder: string) =>
    entries
      .filter((e) => e.name.startsWith(`${folder}/`))
      .map((e) => ({ path: e.name.slice(folder.length + 1), bytes: e.bytes }))
  const report = await checkFiles(
    inside("output").map((f) => inputFromBytes(f.path, f.bytes)),
    loadPolicy(options.policy),
    {
      supporting: inside("supporting").map((f) => inputFromBytes(f.path, f.bytes)),
      earlier: inside("previous").map((f) => {
        const [release = "", ...rest] = f.path.split("/")
        return { release, audience: "all" as const, input: inputFromBytes(rest.join("/"), f.bytes) }
      }),
      ...(options.ids === undefined ? {} : { idsBase: options.ids }),
    },
  )
  return sandbox.answers ? sandbox.answers(report) : report
}

async function asAdmin(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

async function seed(ctx: Ctx): Promise<Pick<OutputStack, "project" | "run" | "people">> {
  const { db } = ctx
  const organisation = async (named: string) => {
    const id = newId()
    await db.insertInto("organisation").values({ id, name: named }).execute()
    return id
  }
  const university = await organisation("A university")
  const service = await organisation("A health service")
  await db.insertInto("terms").values({ version: 1, text: "Terms" }).execute()
  const person = async (named: string, belongs: string) => {
    const id = newId()
    await db
      .insertInto("person")
      .values({ id, name: named, email: `${id}@example.org`, organisation_id: belongs })
      .execute()
    await db.insertInto("identity").values({ issuer: ISSUER, subject: id, person_id: id }).execute()
    await db
      .insertInto("training")
      .values({
        person_id: id,
        kind: "safe_researcher",
        until: "2199-01-01",
        evidence: "seen",
        recorded_by: null,
      })
      .execute()
    await db.insertInto("terms_acceptance").values({ person_id: id, version: 1 }).execute()
    return id
  }
  const appoint = (who: string, role: Role, kind: ScopeKind, scope: string | null) =>
    db
      .insertInto("appointment")
      .values({
        id: newId(),
        person_id: who,
        role,
        scope_kind: kind,
        scope_id: scope,
        from_at: new Date(0),
        until_at: null,
        reason: "seeded",
        state: "active",
        proposed_by: null,
        confirmed_by: null,
        bootstrap: true,
        ended_at: null,
        ended_reason: null,
      })
      .execute()
  const project = newId()
  await db
    .insertInto("project")
    .values({
      id: project,
      number: "P-0001",
      title: "Liver disease",
      summary: "A study",
      organisation_id: university,
    })
    .execute()
  const people = {
    author: await person("Anna Author", university),
    colleague: await person("Carl Colleague", university),
    admin: await person("Ada Admin", university),
    first: await person("Faye First", service),
    second: await person("Seth Second", service),
    third: await person("Thea Third", service),
    insider: await person("Ines Insider", university),
    stranger: await person("Stan Stranger", service),
    auditor: await person("Axel Auditor", service),
  }
  await appoint(people.author, "researcher", "project", project)
  await appoint(people.colleague, "researcher", "project", project)
  await appoint(people.admin, "project_admin", "project", project)
  for (const checker of [people.first, people.second, people.third, people.insider])
    await appoint(checker, "output_checker", "installation", null)
  await appoint(people.auditor, "auditor", "installation", null)
  const document = JSON.stringify({ outputPolicy: { preset: "nhs-england-sde" } })
  const sha256 = createHash("sha256").update(document).digest("hex")
  await db
    .insertInto("agreement_version")
    .values({
      project_id: project,
      version: 1,
      state: "in_force",
      document,
      sha256,
      reason: "seeded",
      proposed_by: null,
      in_force_at: new Date(0),
      until: "2199-01-01",
      ended_at: null,
      event_outbox: null,
    })
    .execute()
  for (const member of [people.author, people.colleague, people.admin])
    await db
      .insertInto("agreement_signature")
      .values({ project_id: project, version: 1, person_id: member, sha256 })
      .execute()
  const workspace = newId()
  await db
    .insertInto("workspace")
    .values({
      id: workspace,
      project_id: project,
      person_id: people.author,
      state: "running",
      code: null,
      last_human_at: null,
    })
    .execute()
  const run = newId()
  await db
    .insertInto("run")
    .values({
      id: run,
      workspace_id: workspace,
      generation: 1,
      node: null,
      wanted: "running",
      step: null,
      probes: null,
      code: null,
      agreement_version: 1,
      extract_id: null,
      started_at: null,
      stopped_at: null,
      observed_at: null,
    })
    .execute()
  return { project, run, people }
}
