// Asks the API for operations by name, and makes the wrong inputs of each from its own schemas.
import type { TSchema } from "typebox"
import { Check } from "typebox/value"
import { buildPath } from "#contract/client.ts"
import type { Operation } from "#contract/operation.ts"
import type { Answer } from "../stack.ts"
import { nobodys, type Ask, type World } from "./world.ts"

export function pathOf(operation: Operation, ask: Pick<Ask, "params" | "query">): string {
  return buildPath(operation.path, ask.params, ask.query)
}

/** With a fresh code unless told otherwise; `token: null` asks without one. */
export function ask(
  w: World,
  operation: Operation,
  what: Ask,
  how: { signIn?: string; token?: string | null } = {},
): Promise<Answer> {
  const own = w.tokenOf(what.as, how.signIn ?? "fresh", what.session ?? how.signIn)
  const token = how.token === undefined ? own : (how.token ?? undefined)
  return w.send(token, operation.method, pathOf(operation, what), what.body)
}

const LONG = "x".repeat(200_000)
/** One value of each kind that JSON has, and texts that no one means. */
const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e300,
  "",
  "2026-02-30",
  "2026-13-45T99:99:99.999Z",
  "../../../etc/passwd",
  "'; drop table person; --",
  "\u202Egnp.exe",
  LONG,
  [],
  [null],
  {},
  { $where: "1" },
]

interface Properties {
  readonly properties?: Readonly<Record<string, TSchema>>
}

/** Bodies that the schema does not allow, each wrong in one place. */
export function wrongBodies(schema: TSchema, good: unknown): unknown[] {
  const wrong: unknown[] = [{ ...(good as object), unexpected: 1 }, [good], "text", 7]
  for (const path of placesIn(schema)) {
    wrong.push(without(good, path))
    for (const value of VALUES) wrong.push(withValue(good, path, value))
  }
  return wrong.filter((body) => !Check(schema, body) || holdsUnstorable(body))
}

function holdsUnstorable(body: unknown): boolean {
  return /\\u0000|\\ud8/.test(JSON.stringify(body) ?? "")
}

/** Bodies that fit the schema and hold text that nothing can store. */
export function unstorableBodies(schema: TSchema, good: unknown): unknown[] {
  return placesIn(schema).flatMap((path) =>
    ["a\u0000b", "a\ud800b"].map((text) => withValue(good, path, text)).filter((body) => Check(schema, body)),
  )
}

function placesIn(schema: TSchema, depth = 3): string[][] {
  const { properties } = schema as Properties
  if (properties === undefined || depth === 0) return []
  return Object.entries(properties).flatMap(([name, inner]) => [
    [name],
    ...placesIn(inner, depth - 1).map((rest) => [name, ...rest]),
  ])
}

function withValue(good: unknown, path: readonly string[], value: unknown): unknown {
  const [name, ...rest] = path
  if (name === undefined) return value
  const inner = (good as Record<string, unknown> | undefined)?.[name]
  return { ...(good as object), [name]: withValue(inner, rest, value) }
}

function without(good: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path
  if (name === undefined) return undefined
  const { [name]: inner, ...others } = good as Record<string, unknown>
  return rest.length === 0 ? others : { ...others, [name]: without(inner, rest) }
}

/** The same ask for things that are not there: params one by one, then ids in the body. */
export function unknownIds(operation: Operation, good: Ask, alsoBody: boolean): Ask[] {
  const asks: Ask[] = []
  for (const name of Object.keys(good.params ?? {})) {
    const kind = (operation.params as Properties | undefined)?.properties?.[name] as { type?: string }
    const none = kind.type === "integer" ? 987_654 : name === "number" ? "P-9999" : nobodys()
    asks.push({ ...good, params: { ...good.params, [name]: none } })
  }
  if (alsoBody)
    for (const [name, value] of Object.entries((good.body ?? {}) as Record<string, unknown>))
      if (typeof value === "string" && /^[a-z2-7]{12}$/.test(value))
        asks.push({ ...good, body: { ...(good.body as object), [name]: nobodys() } })
  return asks
}

export const HOSTILE_PARAMS = [
  "x",
  "a".repeat(4_000),
  "..",
  "../session",
  "%",
  "'--",
  "\u0000",
  "ａｂｃｄｅｆｇｈｉｊｋｌ",
  "99999999999999999999",
  "-1",
  "1e9",
  "NaN",
]

/** Every text of an input has an end, and so has every list: paths that have none. */
export function endless(schema: TSchema | undefined, path = ""): string[] {
  if (schema === undefined) return []
  const s = schema as unknown as {
    type?: string
    maxLength?: number
    pattern?: string
    maxItems?: number
    items?: TSchema
    anyOf?: TSchema[]
    properties?: Record<string, TSchema>
    const?: unknown
  }
  const own: string[] = []
  const bounded = s.maxLength !== undefined || /^\^[^*+]*(\{\d+(,\d+)?\}[^*+]*)*\$$/.test(s.pattern ?? "")
  if (s.type === "string" && s.const === undefined && !bounded) own.push(path)
  if (s.type === "array" && s.maxItems === undefined) own.push(path)
  return [
    ...own,
    ...(s.items ? endless(s.items, `${path}[]`) : []),
    ...(s.anyOf ?? []).flatMap((one) => endless(one, path)),
    ...Object.entries(s.properties ?? {}).flatMap(([name, one]) => endless(one, `${path}.${name}`)),
  ]
}
