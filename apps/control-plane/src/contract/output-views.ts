// What people see of a request for release: its files, findings, comments, and what may be done now.
import { Type } from "typebox"
import {
  Id,
  Instant,
  LogIndex,
  PersonRef,
  ProjectRef,
  Sha256,
  actions,
  nullable,
  oneOf,
  strict,
} from "./operation.ts"
import { FILE_KINDS, REQUEST_STATES, VOTES } from "./vocabulary.ts"

export const Finding = strict({
  rule: Type.String(),
  ruleVersion: Type.String(),
  source: Type.String(),
  status: oneOf(["violated", "satisfied", "not-verifiable"]),
  known: oneOf(["file", "supporting", "evidence", "ledger", "none"]),
  severity: oneOf(["block", "review", "info"]),
  audience: oneOf(["all", "checkers"]),
  location: Type.Optional(
    strict({
      sheet: Type.Optional(Type.String()),
      row: Type.Optional(Type.Integer()),
      column: Type.Optional(Type.String()),
      path: Type.Optional(Type.String()),
    }),
  ),
  message: Type.String(),
  recovered: Type.Optional(
    Type.Array(
      strict({
        row: Type.Integer(),
        column: Type.String(),
        value: Type.Optional(Type.Number()),
        low: Type.Optional(Type.Number()),
        high: Type.Optional(Type.Number()),
        derivation: Type.String(),
      }),
    ),
  ),
})

export const CheckSummary = strict({
  state: oneOf(["waits", "running", "done", "failed"]),
  verdict: nullable(oneOf(["violated", "satisfied", "not-verifiable"])),
  engine: nullable(Type.String()),
  policy: nullable(strict({ name: Type.String(), version: Type.String(), sha256: Type.String() })),
  findings: Type.Array(Finding),
})

export const RequestFile = strict({
  id: Id,
  group: Id,
  path: Type.String(),
  kind: oneOf(FILE_KINDS),
  /** what it is, in the author's words */
  description: Type.String(),
  /** how small numbers were handled */
  smallNumbers: Type.String(),
  size: Type.Integer(),
  mediaKind: Type.String(),
  submitted: Sha256,
  candidate: Sha256,
  renderer: nullable(Type.String()),
  withdrawn: Type.Boolean(),
  check: CheckSummary,
  /** this reader's own vote, never another's before consolidation */
  myVote: nullable(oneOf(VOTES)),
  /** other checkers' votes, only once they are visible to this reader */
  votes: Type.Array(strict({ person: PersonRef, vote: oneOf(VOTES) })),
  decision: nullable(oneOf(["approved", "change", "rejected", "split"])),
  actions: actions(["vote", "view", "edit", "remove", "download"]),
})

export const Comment = strict({
  id: Id,
  person: strict({ name: Type.String(), part: oneOf(["author", "member", "checker"]) }),
  file: nullable(Id),
  group: nullable(Id),
  turn: Type.Integer(),
  at: Instant,
  text: Type.String(),
  visibility: oneOf(["public", "checkers"]),
})

export const RequestView = strict({
  id: Id,
  number: Type.String(),
  project: ProjectRef,
  author: PersonRef,
  title: Type.String(),
  state: oneOf(REQUEST_STATES),
  turn: Type.Integer(),
  /** who holds it now: author, checkers, system, nobody */
  holder: oneOf(["author", "checkers", "system", "nobody"]),
  next: Type.String(),
  createdAt: Instant,
  submittedAt: nullable(Instant),
  policy: Type.String(),
  groups: Type.Array(strict({ id: Id, name: Type.String(), context: Type.String() })),
  files: Type.Array(RequestFile),
  comments: Type.Array(Comment),
  /** counts are open to everyone; names only to checkers who may see them */
  reviews: strict({
    needed: Type.Integer(),
    submitted: Type.Integer(),
    mine: nullable(oneOf(["open", "submitted"])),
    by: Type.Array(PersonRef),
  }),
  timeline: Type.Array(
    strict({
      at: Instant,
      sentence: Type.String(),
      index: LogIndex,
      state: oneOf(["moving", "waits", "done", "blocked", "none"]),
    }),
  ),
  release: nullable(strict({ id: Id, at: Instant, record: Sha256, revoked: Type.Boolean() })),
  actions: actions([
    "edit",
    "submit",
    "withdraw",
    "comment",
    "submitReview",
    "return",
    "reject",
    "release",
    "revoke",
  ]),
})

export const Upload = strict({
  id: Id,
  path: Type.String(),
  size: Type.Integer(),
  sha256: Sha256,
  at: Instant,
  mediaKind: Type.String(),
})

export const FileTable = strict({
  kind: oneOf(["table", "text", "image", "none"]),
  /** first rows of a table, as text; never markup */
  columns: Type.Array(Type.String()),
  rows: Type.Array(Type.Array(Type.String())),
  totalRows: Type.Integer(),
  text: nullable(Type.String()),
  /** base64 of an image that was decoded and encoded again */
  image: nullable(Type.String()),
  imageType: nullable(oneOf(["image/png", "image/jpeg", "image/svg+xml"])),
  summary: Type.Array(
    strict({
      column: Type.String(),
      type: Type.String(),
      missing: Type.Integer(),
      redacted: Type.Integer(),
      min: nullable(Type.String()),
      minNonZero: nullable(Type.String()),
      max: nullable(Type.String()),
      sum: nullable(Type.String()),
      roundedTo: nullable(Type.Integer()),
    }),
  ),
  index: LogIndex,
})
