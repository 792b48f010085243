// The log: search and detail for auditors, proofs for everyone's own events, and the public tree.
import { Type } from "typebox"
import { Id, Instant, PersonRef, Place, nullable, oneOf, operation, strict } from "./operation.ts"
import { OUTCOMES } from "./vocabulary.ts"

export const LogFilter = strict({
  person: Type.Optional(Id),
  project: Type.Optional(Id),
  dataSet: Type.Optional(Id),
  workspace: Type.Optional(Id),
  code: Type.Optional(Type.String({ maxLength: 64 })),
  family: Type.Optional(Type.String({ maxLength: 32 })),
  outcome: Type.Optional(oneOf(OUTCOMES)),
  from: Type.Optional(Instant),
  until: Type.Optional(Instant),
  before: Type.Optional(Place),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
})

export const LogRow = strict({
  index: Type.Integer(),
  at: Instant,
  code: Type.String(),
  outcome: oneOf(OUTCOMES),
  actor: strict({ kind: oneOf(["person", "service", "system"]), id: Type.String(), name: Type.String() }),
  project: nullable(strict({ id: Id, number: Type.String(), title: Type.String() })),
  sentence: Type.String(),
})

export const Pulse = strict({
  size: Type.Integer(),
  checkpoint: nullable(strict({ size: Type.Integer(), at: Instant })),
  /** when a witness last cosigned a checkpoint */
  witness: nullable(Instant),
  /** how many are asked to */
  witnesses: Type.Integer(),
  writable: Type.Boolean(),
  reason: nullable(Type.String()),
  /** events of the last 12 checkpoints, oldest first */
  ticks: Type.Array(Type.Integer()),
  origin: Type.String(),
})

const index = strict({ index: Place })

export const logOperations = [
  operation({
    id: "logPulse",
    method: "GET",
    path: "/api/log/pulse",
    summary: "Size and health of the access log",
    serves: "public",
    event: { none: "public counts" },
    response: Pulse,
  }),
  operation({
    id: "logSearch",
    method: "GET",
    path: "/api/log",
    summary: "Search the log",
    serves: "record",
    event: "log.read",
    query: LogFilter,
    response: strict({
      rows: Type.Array(LogRow),
      next: nullable(Type.Integer()),
      total: nullable(Type.Integer()),
    }),
  }),
  operation({
    id: "logChart",
    method: "GET",
    path: "/api/log/chart",
    summary: "Counts by hour or day, with refusals in their own lane",
    serves: "record",
    event: "log.read",
    query: LogFilter,
    response: strict({
      unit: oneOf(["hour", "day"]),
      bars: Type.Array(strict({ at: Instant, events: Type.Integer(), refusals: Type.Integer() })),
      families: Type.Array(strict({ family: Type.String(), events: Type.Integer() })),
    }),
  }),
  operation({
    id: "logEntry",
    method: "GET",
    path: "/api/log/entries/:index",
    summary: "One event with everything that this reader may see of it",
    serves: "record",
    event: "log.read",
    params: index,
    response: strict({
      row: LogRow,
      who: nullable(Type.Record(Type.String(), Type.Unknown())),
      facts: nullable(Type.Record(Type.String(), Type.Unknown())),
      detail: nullable(Type.Record(Type.String(), Type.Unknown())),
      /** base64 of the leaf, and what opens its three commitments */
      leaf: Type.String(),
      openings: Type.Array(
        strict({ group: oneOf(["who", "facts", "detail"]), salt: Type.String(), bytes: Type.String() }),
      ),
      related: Type.Array(LogRow),
    }),
  }),
  operation({
    id: "logProof",
    method: "GET",
    path: "/api/log/entries/:index/proof",
    summary: "The inclusion proof of one event, as a .tlog-proof file",
    serves: "metadata",
    event: { none: "hashes of the public tree" },
    params: index,
    response: { raw: "text/plain; charset=utf-8" },
  }),
  operation({
    id: "logLeaf",
    method: "GET",
    path: "/api/log/entries/:index/leaf",
    summary: "The public leaf of one event",
    serves: "metadata",
    event: { none: "public commitments" },
    params: index,
    response: strict({ leaf: Type.String() }),
  }),
  operation({
    id: "logChip",
    method: "GET",
    path: "/api/log/entries/:index/chip",
    summary:
      "What a log chip shows its reader: the sentence, rule and time of an event that this person may see",
    serves: "record",
    event: "log.read",
    params: index,
    response: strict({
      row: LogRow,
      policy: nullable(Type.String()),
      request: nullable(Type.String()),
      leaf: Type.String(),
    }),
  }),
  operation({
    id: "logExport",
    method: "GET",
    path: "/api/log/export",
    summary: "The filtered log as CSV or JSON Lines",
    serves: "record",
    event: "log.exported",
    query: strict({ ...LogFilter.properties, format: oneOf(["csv", "jsonl"]) }),
    response: { raw: "application/octet-stream" },
  }),
]

export { PersonRef }
