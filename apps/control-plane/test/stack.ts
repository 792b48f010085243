// A control plane over a database of its own, with the real log and the real disclosure engine, and with an
// object store, a sandbox, neighbours and a clock that obey the test. Who asks is said by the token: a
// person's id, and after a dot what their sign-in was like.
import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { FastifyInstance } from "fastify"
import { Client } from "pg"
import { createClient, type Address, type Client as ApiClient } from "#contract/client.ts"
import { operationById, type OperationId } from "#contract/index.ts"
import { buildApp } from "../src/app.ts"
import type { Asked } from "../src/actions/change.ts"
import { Cosignatures } from "../src/audit/cosignatures.ts"
import { openAudit } from "../src/audit/open.ts"
import type { Ctx } from "../src/context.ts"
import type { PersonActor } from "../src/domain/actor.ts"
import { loadAccess } from "../src/domain/decide.ts"
import { Unauthenticated } from "../src/domain/errors.ts"
import { newId } from "../src/domain/id.ts"
import { openJobs, prepareJobs } from "../src/drivers/jobs.ts"
import { openLive } from "../src/drivers/live.ts"
import type { Letter } from "../src/drivers/mail.ts"
import { findPersonActor } from "../src/store/actors.ts"
import { openDb, openPool } from "../src/store/db.ts"
import { migrate } from "../src/store/migrate.ts"
import { makeMemoryStore, type MemoryStore } from "./memory-store.ts"
import type { CheckOptions } from "../src/drivers/agent.ts"
import { makeSandbox, runPicture, runSandbox, type Sandbox } from "./sandbox.ts"
import { ISSUER, seed, type PersonName, type Seeded } from "./seed.ts"

export const POLICIES = join(import.meta.dirname, "../../../policies")
/** The project's own person_id range begins here. */
export const IDS_BASE = 5 * 2 ** 32

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"

export class Refusal extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string) {
    super(`${status} ${code}`)
    this.status = status
    this.code = code
  }
}

function addressOf(id: OperationId): Address {
  const operation = operationById.get(id)
  if (operation === undefined) throw new Error(`there is no operation ${id}`)
  return { method: operation.method, path: operation.path }
}

export interface Answer {
  readonly status: number
  readonly headers: Record<string, unknown>
  // eslint-disable-next-line typescript/no-explicit-any
  readonly body: any
  readonly raw: Buffer
}

/** How the person signed in: a code just now, one that is too old, or none since the sign-in began. */
export type SignIn = "fresh" | "old" | "plain"

export interface Stack extends Seeded {
  readonly ctx: Ctx
  readonly app: FastifyInstance
  /** as a superuser, to look at what the application's role may not */
  readonly databaseUrl: string
  readonly store: MemoryStore
  readonly sandbox: Sandbox
  readonly letters: Letter[]
  /** What the mail server throws, when it does. */
  readonly mail: { breaks: ((letter: Letter) => Error | undefined) | undefined }
  /** Moves the clock forward. */
  pass(seconds: number): void
  as(person: PersonName): Promise<Asked & { readonly actor: PersonActor }>
  /** Answer of an operation over HTTP; with a fresh code unless told otherwise. */
  call(person: PersonName, method: Method, path: string, body?: unknown, signIn?: SignIn): Promise<Answer>
  /** The typed client as this person; throws Refusal for everything but a success. */
  api(person: PersonName): ApiClient
  /** The same for a bearer token of the caller's own making, or none. */
  send(token: string | undefined, method: Method, path: string, body?: unknown): Promise<Answer>
  [Symbol.asyncDispose](): Promise<void>
}

export async function startStack(): Promise<Stack> {
  const url = process.env["GLASSHOUSE_TEST_DATABASE_URL"]
  if (url === undefined) throw new Error("set GLASSHOUSE_TEST_DATABASE_URL (npm test does)")
  const name = `stack_${randomBytes(6).toString("hex")}`
  const own = await makeDatabase(url, name)
  const pool = openPool({ connectionString: own, max: 8 })
  // First on every connection: from here on it may do what the application's role may.
  pool.on("connect", (client) => void client.query("set role glasshouse_app").catch(() => {}))
  const db = openDb(pool)
  const published = await mkdtemp(join(tmpdir(), "published-"))
  const audit = await openAudit({
    database: { connectionString: own, options: "-c role=glasshouse_app" },
    keys: { access: randomBytes(32), register: randomBytes(32), master: randomBytes(32) },
    installationId: newId(),
    publishedDirectory: published,
  })
  const live = await openLive(own, () => {})
  await prepareJobs({ connectionString: own, options: "-c role=glasshouse_owner" }, "Europe/London")
  const jobs = await openJobs(
    { connectionString: own, options: "-c role=glasshouse_app" },
    { zone: "Europe/London", onError: () => {}, keepTime: false },
  )
  const store = makeMemoryStore()
  const sandbox = makeSandbox()
  const letters: Letter[] = []
  const mail: Stack["mail"] = { breaks: undefined }
  let ahead = 0
  const ctx = {
    config: {
      installation: { id: "aaaaaaaaaaaa", name: "test" },
      zone: "Europe/London",
      demo: true,
      site: new URL("http://glasshouse.localhost:8080"),
      notebookDomain: "ws.glasshouse.localhost:8080",
      policiesDir: POLICIES,
      webDir: "/nonexistent",
      identity: {
        issuer: ISSUER,
        origin: "http://id.glasshouse.localhost:8080",
        realm: "glasshouse",
        client: "console",
      },
      mail: { host: "mail", port: 1025, from: "glasshouse@example.org", page: null },
      idleSeconds: 1_000_000_000,
      workspaceIdleSeconds: 1_000_000_000,
      stepUpSeconds: 300,
      shownLimitBytes: 200_000_000,
      version: "0.0.0",
    },
    db,
    pool,
    audit,
    cosignatures: new Cosignatures({
      db: pool,
      file: join(published, "witnesses"),
      site: "http://glasshouse.localhost:8080",
    }),
    access: loadAccess(join(POLICIES, "access")),
    clock: { now: () => new Date(Date.now() + ahead * 1_000) },
    drivers: {
      objects: store,
      agent: {
        check: (_id: string, options: CheckOptions, tar: NodeJS.ReadableStream) =>
          runSandbox(sandbox, options, tar),
        picture: (_id: string, kind: string, bytes: NodeJS.ReadableStream) =>
          runPicture(sandbox, kind, bytes),
        storage: async () => ({ homes: [], shared: [] }),
        node: async () => ({
          protocol: 1,
          node: "node",
          engine: "test",
          cpus: 2,
          memoryBytes: 1,
          diskFreeBytes: 1,
        }),
      },
      custody: {
        projectRange: async () => ({ from: IDS_BASE + 1, to: IDS_BASE + 2 ** 32 - 1 }),
        ready: async () => true,
      },
      identity: {
        events: async () => [],
        adminEvents: async () => [],
        ensureUser: async ({ email }: { email: string }) => ({ subject: `subject-of-${email}`, made: true }),
        endSession: async () => {},
        ready: async () => true,
      },
      mail: {
        async send(letter: Letter) {
          const broken = mail.breaks?.(letter)
          if (broken) throw broken
          letters.push(letter)
        },
      },
    },
    live,
    jobs,
    log: { info() {}, warn() {}, error() {} },
  } as unknown as Ctx

  const seeded = await seed(ctx)
  const { people } = seeded
  const app = await buildApp(ctx, {
    logger: false,
    verify: async (token) => {
      const [subject = "", signIn = "fresh", sid = signIn] = token.split(".")
      if (!/^[a-z0-9-]+$/.test(subject)) throw new Unauthenticated("token_invalid")
      const now = Math.floor(ctx.clock.now().getTime() / 1_000)
      return {
        issuer: ISSUER,
        subject,
        sid: `${subject}.${sid}`,
        acr: signIn === "plain" ? "gh-code" : "gh-fresh",
        authTime: signIn === "old" ? now - 301 : now,
      }
    },
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

  async function send(token: string | undefined, method: Method, path: string, body?: unknown) {
    const answer = await app.inject({
      method,
      url: path,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    })
    const json = String(answer.headers["content-type"]).startsWith("application/json")
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: json ? answer.json() : undefined,
      raw: answer.rawPayload,
    }
  }

  return {
    ...seeded,
    ctx,
    app,
    databaseUrl: own,
    store,
    sandbox,
    letters,
    mail,
    as,
    send,
    api: (person) =>
      createClient(addressOf, async ({ method, path, body }) => {
        const answer = await send(`${people[person]}.fresh`, method, path, body)
        if (answer.status !== 200) throw new Refusal(answer.status, String(answer.body?.code))
        return answer.body as unknown
      }),
    call: (person, method, path, body, signIn = "fresh") =>
      send(`${people[person]}.${signIn}`, method, path, body),
    pass: (seconds) => {
      ahead += seconds
    },
    async [Symbol.asyncDispose]() {
      await app.close()
      await jobs[Symbol.asyncDispose]()
      await live[Symbol.asyncDispose]()
      await audit[Symbol.asyncDispose]()
      await pool.end()
      await rm(published, { recursive: true, force: true })
      await asAdmin(url, (client) => client.query(`drop database ${name} with (force)`))
    },
  }
}

/** Roles as an installation has them, and a migrated database; its address, as a superuser. */
export async function makeDatabase(url: string, name: string): Promise<string> {
  await asAdmin(url, async (client) => {
    for (const role of ["glasshouse_owner", "glasshouse_app", "glasshouse_reader"])
      await client.query(
        `do $$ begin create role ${role} login; exception when duplicate_object or unique_violation then null; end $$`,
      )
    await client.query(`create database ${name} owner glasshouse_owner`)
  })
  const own = new URL(url)
  own.pathname = `/${name}`
  await asAdmin(own.href, (client) => client.query("alter schema public owner to glasshouse_owner"))
  const owner = openPool({ connectionString: own.href, max: 2 })
  owner.on("connect", (client) => void client.query("set role glasshouse_owner").catch(() => {}))
  await migrate(openDb(owner) as never)
  await owner.end()
  return own.href
}

export async function asAdmin<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
