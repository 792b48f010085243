// Gateway to control plane, version 1: HTTP over a unix socket that only gateways reach. The gateway
// decides nothing: it asks here, holds what it is told for at most the stated time, and cuts when it
// cannot ask. Errors are {code, message}; 503 `audit_unavailable` means: serve no byte.
import { Type, type Static } from "typebox"

export const GATEWAY_PROTOCOL = 1

/** A lease lasts this long; a session that cannot be renewed for this long is cut. */
export const LEASE_SECONDS = 5
/** An intent covers one run and one object for at most this long. */
export const INTENT_SECONDS = 60

/** GET /gateway/v1/runs: runs for which a socket is to be offered. Polled every second; what is not listed is closed. */
export const GatewayRuns = Type.Object({
  runs: Type.Array(
    Type.Object({
      run: Type.String(),
      workspace: Type.String(),
      /** false: data may not be read now (a hold, an expiry, an unwritable log); its intents end at once */
      reads: Type.Optional(Type.Boolean()),
    }),
  ),
})

/** POST /gateway/v1/tickets/redeem {ticket, workspace} → Lease, once; 403 `ticket_invalid` */
export const RedeemRequest = Type.Object(
  { ticket: Type.String({ maxLength: 200 }), workspace: Type.String({ maxLength: 40 }) },
  { additionalProperties: false },
)

/** `session` is the secret value of the notebook cookie (32 random bytes, base64url); only its hash is stored. */
export const Lease = Type.Object({
  session: Type.String(),
  workspace: Type.String(),
  run: Type.String(),
  project: Type.String(),
  person: Type.String(),
  seconds: Type.Integer(),
  shownLimitBytes: Type.Integer(), // per person and civil day
  shownBytes: Type.Integer(),
})
/** POST /gateway/v1/leases/renew {session, workspace, shown, human} → Lease; 403 with the code of what ended it (hold_*, session_ended, run_stopped, not_member, shown_limit…) */
export const RenewRequest = Type.Object(
  {
    session: Type.String({ maxLength: 200 }),
    workspace: Type.String({ maxLength: 40 }),
    /** bytes shown to this person's browser since the last renewal */
    shown: Type.Integer({ minimum: 0 }),
    /** whether a person typed, ran or clicked since then (not polling) */
    human: Type.Boolean(),
  },
  { additionalProperties: false },
)

/** POST /gateway/v1/messages → {index}. Sent before a frame that can run code is forwarded; 503 → the frame is dropped and the socket closed 1013. */
export const MessageEvent = Type.Object(
  {
    session: Type.String({ maxLength: 200 }),
    workspace: Type.String({ maxLength: 40 }),
    kernel: Type.String({ maxLength: 64 }),
    messageId: Type.String({ maxLength: 128 }),
    channel: Type.Union([Type.Literal("shell"), Type.Literal("control"), Type.Literal("stdin")]),
    type: Type.String({ maxLength: 64 }),
    /** code, input or raw content; sealed in the log, at most 60,000 bytes, then cut */
    text: Type.String({ maxLength: 61_000 }),
    /** SHA-256, hex, of the whole text */
    sha256: Type.String({ minLength: 64, maxLength: 64 }),
  },
  { additionalProperties: false },
)

/** POST /gateway/v1/contents → {index}: a file or directory listing read or written through Jupyter's contents interface, before it is forwarded. */
export const ContentsEvent = Type.Object(
  {
    session: Type.String({ maxLength: 200 }),
    workspace: Type.String({ maxLength: 40 }),
    method: Type.String({ maxLength: 8 }),
    path: Type.String({ maxLength: 1024 }),
  },
  { additionalProperties: false },
)

/** POST /gateway/v1/refusals → {index}: something the gateway denied. Aggregated by the control plane against flooding. */
export const RefusalEvent = Type.Object(
  {
    run: Type.Optional(Type.String({ maxLength: 40 })),
    workspace: Type.Optional(Type.String({ maxLength: 40 })),
    session: Type.Optional(Type.String({ maxLength: 200 })),
    code: Type.String({ maxLength: 64 }),
    what: Type.String({ maxLength: 1024 }),
  },
  { additionalProperties: false },
)

/** GET /gateway/v1/runs/:run/workspace: who this workspace is; served inside as http://127.0.0.1:9000/workspace */
export const WorkspaceIdentity = Type.Object({
  workspace: Type.String(),
  run: Type.String(),
  project: Type.Object({ id: Type.String(), number: Type.String(), title: Type.String() }),
  person: Type.Object({ id: Type.String(), name: Type.String() }),
  agreementVersion: Type.Integer(),
  extract: Type.Union([Type.String(), Type.Null()]),
  tables: Type.Array(
    Type.Object({
      name: Type.String(), // <data set>_<table>
      description: Type.String(),
      rows: Type.Integer(),
      columns: Type.Array(
        Type.Object({ name: Type.String(), type: Type.String(), description: Type.String() }),
      ),
      /** why this table cannot be read now, in words, or null */
      refused: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
  disclosurePolicy: Type.String(),
})

/** POST /gateway/v1/lists {run, extract|null} → ObjectList. One intent per run and extract; 404 nothing there. `bucket` is `data` (extract null) or `extract-<id>`. */
export const ListRequest = Type.Object(
  {
    run: Type.String({ maxLength: 40 }),
    bucket: Type.String({ maxLength: 64 }),
    kernel: Type.Optional(Type.String({ maxLength: 64 })),
  },
  { additionalProperties: false },
)
export const ObjectList = Type.Object({
  index: Type.Integer(),
  seconds: Type.Integer(),
  objects: Type.Array(
    Type.Object({
      key: Type.String(), // as the workspace sees it: <table>/<file>
      size: Type.Integer(),
      etag: Type.String(),
      lastModified: Type.String(),
    }),
  ),
})

/** POST /gateway/v1/intents → Intent. Committed before the first byte. 404 `not_found` for another project's, another run's and unknown keys alike. */
export const IntentRequest = Type.Object(
  {
    run: Type.String({ maxLength: 40 }),
    bucket: Type.String({ maxLength: 64 }),
    key: Type.String({ maxLength: 1024 }),
    /** the last kernel message that this gateway forwarded for this run */
    message: Type.Optional(Type.String({ maxLength: 128 })),
  },
  { additionalProperties: false },
)
export const Intent = Type.Object({
  intent: Type.String(),
  index: Type.Integer(),
  seconds: Type.Integer(),
  object: Type.Object({
    storeBucket: Type.String(),
    storeKey: Type.String(),
    size: Type.Integer(),
    etag: Type.String(),
    sha256: Type.String(),
    lastModified: Type.String(),
  }),
})
/** POST /gateway/v1/outcomes → 204 */
export const Outcome = Type.Object(
  {
    intent: Type.String({ maxLength: 40 }),
    requests: Type.Integer({ minimum: 0 }),
    bytes: Type.Integer({ minimum: 0 }),
    /** merged half-open byte ranges [from, to), at most 256; more are merged across the smallest gaps */
    ranges: Type.Array(Type.Tuple([Type.Integer(), Type.Integer()]), { maxItems: 256 }),
  },
  { additionalProperties: false },
)

// Outputs: everything under http://127.0.0.1:9000/outputs/ inside a workspace goes as is, streamed,
// to /gateway/v1/runs/:run/outputs/… with the run taken from the socket:
//   PUT  outputs/files/<path>   raw bytes, header x-content-sha256 optional  → {file, sha256, size}
//   POST outputs/requests       {title, groups:[{name, context, files:[{file, kind, description, smallNumbers}]}]} → {request, number}
//   GET  outputs/requests       own requests with state and comments
//   POST outputs/check          {files:[id…]} → findings that a researcher may see

export type GatewayRuns = Static<typeof GatewayRuns>
export type Lease = Static<typeof Lease>
export type MessageEvent = Static<typeof MessageEvent>
export type ContentsEvent = Static<typeof ContentsEvent>
export type RefusalEvent = Static<typeof RefusalEvent>
export type WorkspaceIdentity = Static<typeof WorkspaceIdentity>
export type ObjectList = Static<typeof ObjectList>
export type IntentRequest = Static<typeof IntentRequest>
export type Intent = Static<typeof Intent>
export type Outcome = Static<typeof Outcome>
export type RenewRequest = Static<typeof RenewRequest>
