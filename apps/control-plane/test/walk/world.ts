// What the walk over the contract walks in: the shared stack, ways to make what an operation needs, and
// what was in the database and in the log before and after.
import { randomBytes } from "node:crypto"
import { Client } from "pg"
import type { OperationId } from "#contract/index.ts"
import { readOpening } from "../../src/audit/read.ts"
import { newId } from "../../src/domain/id.ts"
import { startOutputStack, type OutputStack } from "../output-stack.ts"
import { appoint, insertPerson, insertWorkspace, sign, type PersonName } from "../seed.ts"

/** Somebody asks for something: a person of the seed by name, or anybody by id. */
export interface Ask {
  readonly as: PersonName | (string & {})
  readonly params?: Readonly<Record<string, string | number>>
  readonly query?: Readonly<Record<string, string | number>>
  readonly body?: unknown
  /** a browser session of its own, where the call ends it */
  readonly session?: string
}

export interface Refused {
  readonly as: PersonName | (string & {})
  readonly status: 403 | 404
  readonly code: string
  /** where the refusal is about what is asked, and not only about who asks */
  readonly with?: Partial<Pick<Ask, "params" | "query" | "body">>
}

export interface Case {
  /** Prepares what it needs, and says who asks with what; called anew for each part of the walk. */
  readonly allowed: (world: World) => Promise<Ask> | Ask
  /** Who may not, given that ask. Empty only with `everyone`, the reason why all who are signed in may. */
  readonly denied: readonly Refused[] | ((world: World, ask: Ask) => Promise<readonly Refused[]>)
  readonly everyone?: string
  /** What the same call answers again: the same once more, another of its kind, or a refusal. */
  /** When what goes on after the answer is over, where something does. */
  readonly settled?: (world: World, ask: Ask) => Promise<boolean>
  readonly again?: "same" | "another" | { readonly status: number; readonly code: string }
  /** A body whose ids are all unknown says so; false where an id in it is only a filter. */
  readonly unknownIds?: false
}

export type Cases<I extends OperationId = OperationId> = Readonly<Record<I, Case>>

export interface Recorded {
  readonly index: number
  readonly code: string
  readonly outcome: string
  readonly actor: { readonly kind: string; readonly id: string }
  readonly facts: Readonly<Record<string, unknown>>
}

export interface World extends OutputStack {
  idOf(person: string): string
  tokenOf(person: string, signIn?: string, session?: string): string
  /** Another researcher of the project, whose workspace runs. */
  researcher(): Promise<{ person: string; workspace: string; run: string }>
  member(role?: "researcher" | "project_admin"): Promise<string>
  /** As a superuser. */
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>
  /** Of everything that a change could change. */
  fingerprint(): Promise<string>
  logSize(): number
  eventsSince(size: number): Promise<Recorded[]>
}

// The log, sessions and their last use, and tickets move with every request.
const NOT_STATE = /^(log|log_.*|checkpoint|cosignature|audit_.*|schema_migration|session|ticket)$/

export async function startWorld(): Promise<World> {
  const stack = await startOutputStack()
  const { ctx, people, project } = stack
  const admin = new Client({ connectionString: stack.databaseUrl })
  await admin.connect()
  const sql = async (text: string, values: unknown[] = []) =>
    (await admin.query<Record<string, unknown>>(text, values)).rows
  const tables = (
    await sql("select tablename::text as name from pg_tables where schemaname = 'public' order by 1")
  )
    .map((r) => String(r["name"]))
    .filter((name) => !NOT_STATE.test(name))
  const state = tables
    .map(
      (t) =>
        `select '${t}' as name, md5(coalesce(string_agg(x::text, E'\\n' order by x::text), '')) as sum from ${t} x`,
    )
    .join(" union all ")
  const organisation = String(
    (await sql("select id from organisation where name = 'A university'"))[0]?.["id"],
  )
  const idOf = (person: string) => (people as Readonly<Record<string, string>>)[person] ?? person

  async function member(role: "researcher" | "project_admin" = "researcher"): Promise<string> {
    const person = await insertPerson(ctx, `Member ${randomBytes(4).toString("hex")}`, organisation)
    await appoint(ctx, person, role, "project", project)
    await sign(ctx, project, person)
    return person
  }

  return {
    ...stack,
    idOf,
    tokenOf: (person, signIn = "fresh", session = signIn) => `${idOf(person)}.${signIn}.${session}`,
    member,
    async researcher() {
      const person = await member()
      return { person, ...(await insertWorkspace(ctx, project, person)) }
    },
    sql,
    fingerprint: async () => JSON.stringify(await sql(state)),
    logSize: () => sizeOf(stack),
    async eventsSince(size) {
      const log = ctx.audit.currentLog("access")
      const entries = await ctx.audit.openEntries(log, size, sizeOf(stack) - size)
      return entries.map((entry) => {
        const who = entry.groups.who ? readOpening(entry.groups.who) : {}
        const facts = entry.groups.facts ? readOpening(entry.groups.facts) : {}
        return {
          index: entry.index,
          code: String(facts["code"]),
          outcome: String(facts["outcome"]),
          actor: { kind: String(who["kind"]), id: String(who["id"]) },
          facts: (facts["facts"] ?? {}) as Recorded["facts"],
        }
      })
    },
    async [Symbol.asyncDispose]() {
      await admin.end()
      await stack[Symbol.asyncDispose]()
    },
  }
}

function sizeOf(stack: OutputStack): number {
  const log = stack.ctx.audit.currentLog("access")
  return stack.ctx.audit.healthy().logs.find((l) => l.log === log)?.size ?? 0
}

/** An id that nothing has. */
export const nobodys = (): string => newId()
