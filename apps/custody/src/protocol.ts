// Custody's narrow socket, version 1: HTTP over <state>/sock/custody/custody.sock, one bearer token per
// caller and an allow-list of verbs per caller. Identifiers never cross it: the link stage sends digests,
// custody keys them and stores only the result. Packed fields are base64 of fixed-size blocks, item
// after item: digests and references 16 bytes, masters and person ids 8 bytes little endian, methods 1 byte.
// Errors are {code, message}. Every verb may be repeated with the same body.
import { Type, type Static, type TObject, type TProperties } from "typebox"

export const CUSTODY_PROTOCOL = 1

export const CALLERS = ["link", "deidentify", "extract", "control"] as const
export type Caller = (typeof CALLERS)[number]

export const VERBS = [
  "subjects.link",
  "subjects.lookup",
  "people.offer",
  "people.assign",
  "people.lookup",
  "project.open",
  "project.range",
  "project.destroy",
  "reversal.request",
  "reversal.approve",
  "reversal.open",
] as const
export type Verb = (typeof VERBS)[number]

/** Who may call what. Nobody may call two of link, look-up of masters and look-up of person ids. */
export const ALLOWED: Readonly<Record<Caller, readonly Verb[]>> = {
  link: ["subjects.link"],
  deidentify: ["subjects.lookup"],
  extract: ["people.offer", "people.assign", "people.lookup"],
  control: [
    "project.open",
    "project.range",
    "project.destroy",
    "reversal.request",
    "reversal.approve",
    "reversal.open",
  ],
}

export const DIGEST_BYTES = 16
export const ID_BYTES = 8
/** Items in one call. */
export const BATCH_LIMIT = 50_000

/** How a subject was joined to a person, in the order of the ladder; index = the method byte. */
export const LINK_METHODS = [
  "none",
  "nhs-dob",
  "nhs-dob-swapped",
  "nhs-name",
  "name-dob-postcode",
  "superseded-nhs",
  "new-person",
  "one-time",
] as const
export type LinkMethod = (typeof LINK_METHODS)[number]

/** Share of links of a method that are expected to be right; a property of the rung, not of the pair. */
export const METHOD_CONFIDENCE: Readonly<Record<LinkMethod, number>> = {
  none: 0,
  "nhs-dob": 1,
  "nhs-dob-swapped": 0.98,
  "nhs-name": 0.97,
  "name-dob-postcode": 0.95,
  "superseded-nhs": 0.9,
  "new-person": 1,
  "one-time": 0,
}

function closed<P extends TProperties>(properties: P): TObject<P> {
  return Type.Object(properties, { additionalProperties: false })
}

export const Name = Type.String({ pattern: "^[a-z][a-z0-9_]{0,40}$" })
export const Id = Type.String({ pattern: "^[a-z2-7]{12}$" })
const Count = Type.Integer({ minimum: 0, maximum: BATCH_LIMIT })
const Packed = Type.String({ maxLength: Math.ceil((BATCH_LIMIT * DIGEST_BYTES) / 3) * 4 + 4 })

export const Problem = Type.Object({ code: Type.String(), message: Type.String() })

/**
 * POST /v1/subjects/link. A subject is one distinct set of identifiers in a submission. The rungs' digests
 * are all zero where the subject lacks what the rung needs. Answers an opaque reference of the person for
 * the identity zone and the method; never the master.
 */
export const LinkRequest = closed({
  dataSet: Name,
  submission: Id,
  count: Count,
  subjects: Packed,
  nhsDob: Packed,
  nhsDobSwapped: Packed,
  nhsName: Packed,
  nameDobPostcode: Packed,
})
export const LinkAnswer = closed({
  references: Type.String(),
  methods: Type.String(),
  minted: Type.Integer(),
  /** subjects whose other identifiers point at a different person than the rung that decided */
  conflicts: Type.Integer(),
})

/** POST /v1/subjects/lookup: master pseudonym (0 = never linked) and method of each subject. */
export const SubjectsRequest = closed({ dataSet: Name, submission: Id, count: Count, subjects: Packed })
export const SubjectsAnswer = closed({ masters: Type.String(), methods: Type.String() })

/**
 * POST /v1/projects/:project/people/offer (as often as needed), then …/assign once, then …/lookup.
 * Assigning gives every offered person without a number the next rank in HMAC order; numbers that
 * were given never change.
 */
export const OfferRequest = closed({ extract: Id, count: Count, masters: Packed })
export const OfferAnswer = closed({ offered: Type.Integer() })
export const AssignRequest = closed({ extract: Id })
export const AssignAnswer = closed({ assigned: Type.Integer(), people: Type.Integer() })
export const PeopleRequest = closed({ count: Count, masters: Packed })
export const PeopleAnswer = closed({ personIds: Type.String() })

/**
 * PUT /v1/projects/:project opens a project's map (idempotent); GET …/range; both answer the first and last
 * person id that this project can ever have. Exact in a double. 404 `project_unknown`, 410 `map_destroyed`.
 */
export const RangeAnswer = closed({ from: Type.Integer(), to: Type.Integer() })

/** DELETE /v1/projects/:project/map: key and map are gone for good, the number is never given again. */
export const DestroyAnswer = closed({ people: Type.Integer(), destroyedAt: Type.String() })

/**
 * POST /v1/reversals, POST /v1/reversals/:id/approvals (two different people, not the one who asked), then
 * POST /v1/reversals/:id/open once: the person's reference in the identity zone. 403 `approvals_missing`.
 */
export const ReversalRequest = closed({
  project: Id,
  personId: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  reason: Type.String({ pattern: "^[a-z][a-z0-9_.-]{1,60}$" }),
  person: Id,
})
export const ReversalAnswer = closed({ reversal: Id })
export const ApprovalRequest = closed({ person: Id })
export const ApprovalAnswer = closed({ approvals: Type.Integer() })
export const OpenAnswer = closed({ reference: Type.String() })

export type LinkRequest = Static<typeof LinkRequest>
export type LinkAnswer = Static<typeof LinkAnswer>
export type SubjectsRequest = Static<typeof SubjectsRequest>
export type SubjectsAnswer = Static<typeof SubjectsAnswer>
export type OfferRequest = Static<typeof OfferRequest>
export type AssignAnswer = Static<typeof AssignAnswer>
export type PeopleRequest = Static<typeof PeopleRequest>
export type PeopleAnswer = Static<typeof PeopleAnswer>
export type RangeAnswer = Static<typeof RangeAnswer>
export type DestroyAnswer = Static<typeof DestroyAnswer>
export type ReversalRequest = Static<typeof ReversalRequest>
