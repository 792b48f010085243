// What an operation of the API is. The contract is data: OpenAPI, the typed client, the authorisation
// walk and the audit walk are made from the list in index.ts.
import { Type, type Static, type TLiteral, type TObject, type TSchema, type TUnion } from "typebox"
import type { EventCode } from "./events.ts"

/**
 * data: rows of people; intent first. record: the log's contents and bytes of outputs; intent first.
 * metadata: names, states and counts for people who are signed in. public: no sign-in.
 */
export type Serves = "data" | "record" | "metadata" | "public"

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"

export interface Operation {
  readonly id: string
  readonly method: Method
  /** Fastify path with :params */
  readonly path: string
  readonly summary: string
  readonly serves: Serves
  /** The event that it writes when it is done, or the reason why it writes none. */
  readonly event: EventCode | { readonly none: string }
  /** Asks for a one-time code not older than five minutes. */
  readonly stepUp?: true
  readonly params?: TObject
  readonly query?: TObject
  readonly body?: TSchema
  /** Raw answers (bytes, text) name their media type instead of a schema. */
  readonly response: TSchema | { readonly raw: string }
  /** Raw request bodies name their largest size in bytes. */
  readonly rawBody?: { readonly maxBytes: number }
}

export function operation<const T extends Operation>(o: T): T {
  return o
}

export const Id = Type.String({ pattern: "^[a-z2-7]{12}$" })
export const Name = Type.String({ minLength: 1, maxLength: 200 })
export const Sentence = Type.String({ minLength: 1, maxLength: 2_000 })
export const Email = Type.String({ minLength: 3, maxLength: 254, pattern: '^[^\\s@<>"]+@[^\\s@<>"]+$' })
/** UTC, RFC 3339 with milliseconds */
export const Instant = Type.String({
  pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$",
  format: "instant",
})
/** A civil date in the site's zone; it ends at its midnight. */
export const CivilDate = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$", format: "civil-date" })

/** What the patterns cannot say: a day that is in the calendar, a moment that a clock can show. */
export const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  instant: isMoment,
  "civil-date": (text) => isMoment(`${text}T00:00:00.000Z`),
}
function isMoment(text: string): boolean {
  const at = new Date(text)
  return !Number.isNaN(at.getTime()) && at.toISOString() === text
}
export const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" })
/** A place in a log, as it is asked for. */
export const Place = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
/** Number of a version, as the database can hold it. */
export const VersionNumber = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })
/** Place in the access log; null while it waits for the sequencer. */
export const LogIndex = Type.Union([Type.Integer({ minimum: 0 }), Type.Null()])

export function strict<P extends Record<string, TSchema>>(properties: P) {
  return Type.Object(properties, { additionalProperties: false })
}

export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()])
}

export function oneOf<const T extends readonly string[]>(values: T) {
  return Type.Union(values.map((v) => Type.Literal(v))) as unknown as TUnion<{
    -readonly [K in keyof T]: TLiteral<T[K]>
  }>
}

/** May this person do it now, and if not, why not. The sentence comes from the catalogue; the code is stable. */
export const Permission = strict({
  allowed: Type.Boolean(),
  code: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
})
export type Permission = Static<typeof Permission>

export function actions<const T extends readonly string[]>(names: T) {
  return strict(Object.fromEntries(names.map((n) => [n, Permission])) as Record<T[number], typeof Permission>)
}

export const ErrorBody = strict({
  code: Type.String(),
  message: Type.String(),
  /** what to do about it, in words */
  way: Type.Optional(Type.String()),
  request: Type.String(),
  fields: Type.Optional(Type.Array(strict({ path: Type.String(), message: Type.String() }))),
  /** place of the refusal in the log, where it has one */
  index: Type.Optional(LogIndex),
})
export type ErrorBody = Static<typeof ErrorBody>

/** Answer to a change: where it stands in the log. */
export const Done = strict({ index: LogIndex })
export const Created = strict({ id: Id, index: LogIndex })

export const PersonRef = strict({ id: Id, name: Type.String() })
export const OrganisationRef = strict({ id: Id, name: Type.String() })
export const ProjectRef = strict({ id: Id, number: Type.String(), title: Type.String() })
export type PersonRef = Static<typeof PersonRef>
export type ProjectRef = Static<typeof ProjectRef>
