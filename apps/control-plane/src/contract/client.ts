// The typed client, derived from the contract: method, path, params, query, body and answer of every operation
// from its declaration. It knows no transport; the console, tests and scripts each give it theirs. Nothing
// of the schemas is needed at run time, so that the console need not carry them.
import type { Static, TSchema } from "typebox"
import type { OperationId, OperationOf } from "./index.ts"
import type { Method } from "./operation.ts"

export interface Address {
  readonly method: Method
  readonly path: string
  readonly raw?: true
  /** the server asks for a one-time code for this */
  readonly stepUp?: true
}

type Part<I extends OperationId, K extends "params" | "query" | "body"> =
  OperationOf<I> extends Record<K, infer S extends TSchema> ? Static<S> : undefined

/** What the operation answers; never for bytes and text, which the transport hands over as they are. */
export type Answer<I extends OperationId> =
  OperationOf<I> extends { response: infer S extends TSchema } ? Static<S> : never

type Given<K extends string, V> = [V] extends [undefined] ? { [P in K]?: never } : { [P in K]: V }

export type Input<I extends OperationId> = Given<"params", Part<I, "params">> &
  Given<"body", Part<I, "body">> & { query?: Part<I, "query"> }

/** Operations that need nothing but their name. */
export type Bare = {
  [I in OperationId]: Record<never, never> extends Input<I> ? I : never
}[OperationId]

export interface Loose {
  params?: Record<string, unknown> | undefined
  query?: Record<string, unknown> | undefined
  body?: unknown
}

/** Fills :params and adds the query; values that are undefined are left out. */
export function buildPath(path: string, params: Loose["params"], query: Loose["query"]): string {
  const filled = path.replace(/:([A-Za-z]+)/g, (_, name: string) => {
    const value = params?.[name]
    if (typeof value !== "string" && typeof value !== "number") throw new Error(`${path} needs ${name}`)
    return encodeURIComponent(String(value))
  })
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      search.set(name, String(value))
    }
  }
  const text = search.toString()
  return text ? `${filled}?${text}` : filled
}

export type Client = <I extends OperationId>(
  id: I,
  ...[input]: I extends Bare ? [input?: Input<I>] : [input: Input<I>]
) => Promise<Answer<I>>

export interface Sent {
  readonly method: Method
  /** filled, with its query */
  readonly path: string
  readonly body: unknown
}

/** `send` carries one request and answers the parsed JSON; it throws what is not a success. */
export function createClient(
  addressOf: (id: OperationId) => Address,
  send: (request: Sent) => Promise<unknown>,
): Client {
  return async (id, ...[input]) => {
    const { params, query, body }: Loose = input ?? {}
    const { method, path } = addressOf(id)
    return (await send({ method, path: buildPath(path, params, query), body })) as Answer<typeof id>
  }
}
