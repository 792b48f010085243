// Agreements: one immutable, hashed document per version. The full key set is here from the start;
// what a project does not use is null, and unknown keys are refused.
import { Type, type Static } from "typebox"
import {
  CivilDate,
  Created,
  Done,
  Id,
  Instant,
  LogIndex,
  PersonRef,
  ProjectRef,
  Sentence,
  Sha256,
  VersionNumber,
  actions,
  nullable,
  oneOf,
  operation,
  strict,
} from "./operation.ts"
import { AGREEMENT_STATES } from "./vocabulary.ts"

const Words = Type.String({ minLength: 1, maxLength: 10_000 })
const Code = Type.String({ pattern: "^[a-z][a-z0-9_]{0,62}$" })
const Scalar = Type.Union([Type.String({ maxLength: 200 }), Type.Number(), Type.Boolean()])

/** One condition on one column; a filter is a list of conditions that all hold. */
export const Condition = strict({
  column: Type.String({ pattern: "^[A-Za-z][A-Za-z0-9_]{0,62}$" }),
  is: oneOf([
    "equal",
    "not_equal",
    "less",
    "less_or_equal",
    "greater",
    "greater_or_equal",
    "one_of",
    "present",
  ]),
  value: nullable(Type.Union([Scalar, Type.Array(Scalar, { maxItems: 1_000 })])),
})

export const AgreementDataSet = strict({
  dataSet: Code,
  tables: Type.Array(
    strict({
      table: Code,
      columns: Type.Array(Type.String({ pattern: "^[A-Za-z][A-Za-z0-9_]{0,62}$" }), {
        minItems: 1,
        maxItems: 500,
      }),
      filter: Type.Array(Condition, { maxItems: 50 }),
    }),
    { minItems: 1, maxItems: 100 },
  ),
  purpose: nullable(Words),
})

export const AgreementDocument = strict({
  schema: Type.Literal("glasshouse-agreement/1"),
  title: Type.String({ minLength: 1, maxLength: 200 }),
  parties: Type.Array(
    strict({
      organisation: Type.String({ minLength: 1, maxLength: 200 }),
      part: oneOf(["controller", "joint_controller", "processor", "recipient", "sponsor"]),
    }),
    { minItems: 1, maxItems: 50 },
  ),
  purpose: strict({ research: Words, benefit: Words, lay: Words }),
  legalBasis: strict({
    article6: Type.String({ maxLength: 300 }),
    article9: nullable(Type.String({ maxLength: 300 })),
  }),
  confidentialityBasis: nullable(Type.String({ maxLength: 500 })),
  optOut: strict({
    rule: oneOf(["national_opt_out_applied", "not_applicable", "exempt"]),
    reason: nullable(Words),
  }),
  people: nullable(
    strict({
      roles: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 50 }),
      most: nullable(Type.Integer({ minimum: 1 })),
    }),
  ),
  dataSets: Type.Array(AgreementDataSet, { minItems: 1, maxItems: 50 }),
  cohort: nullable(
    strict({ dataSet: Code, table: Code, filter: Type.Array(Condition, { maxItems: 50 }), words: Words }),
  ),
  dates: nullable(strict({ from: nullable(CivilDate), until: nullable(CivilDate) })),
  refresh: strict({ every: oneOf(["never", "on_request", "month", "quarter", "year"]) }),
  derivedTables: nullable(Type.Array(strict({ name: Code, words: Words }), { maxItems: 100 })),
  linkage: strict({ allowed: Type.Boolean(), words: nullable(Words) }),
  territory: Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 50 }),
  term: strict({ from: CivilDate, until: CivilDate }),
  specialConditions: nullable(Type.Array(Words, { maxItems: 100 })),
  outputPolicy: strict({
    preset: oneOf(["opensafely", "nhs-england-sde", "ons-srs", "sail", "acro-default"]),
  }),
  overrides: nullable(
    strict({
      threshold: nullable(Type.Integer({ minimum: 1, maximum: 1_000 })),
      rounding: nullable(Type.Integer({ minimum: 1, maximum: 1_000 })),
    }),
  ),
  workspace: nullable(
    strict({
      profile: nullable(Code),
      homeMegabytes: nullable(Type.Integer({ minimum: 16, maximum: 1_048_576 })),
      sharedMegabytes: nullable(Type.Integer({ minimum: 16, maximum: 1_048_576 })),
      shownMegabytesPerDay: nullable(Type.Integer({ minimum: 1, maximum: 100_000 })),
    }),
  ),
})
export type AgreementDocument = Static<typeof AgreementDocument>

export const AgreementVersion = strict({
  agreement: Id,
  version: Type.Integer({ minimum: 1 }),
  state: oneOf(AGREEMENT_STATES),
  sha256: Sha256,
  proposedBy: nullable(PersonRef),
  proposedAt: Instant,
  inForceAt: nullable(Instant),
  until: CivilDate,
  decisions: Type.Array(
    strict({
      dataSet: strict({ id: Id, code: Type.String(), title: Type.String() }),
      decision: oneOf(["waits", "approved", "refused"]),
      by: nullable(PersonRef),
      at: nullable(Instant),
      reason: nullable(Type.String()),
      actions: actions(["decide"]),
    }),
  ),
  index: LogIndex,
})

const version = strict({ project: Id, version: VersionNumber })

export const agreementOperations = [
  operation({
    id: "agreementGet",
    method: "GET",
    path: "/api/projects/:project/agreement",
    summary: "The agreement of a project and its versions",
    serves: "metadata",
    event: { none: "terms of this person's own project or data set" },
    params: strict({ project: Id }),
    response: strict({
      project: ProjectRef,
      versions: Type.Array(AgreementVersion),
      actions: actions(["propose"]),
    }),
  }),
  operation({
    id: "agreementVersionGet",
    method: "GET",
    path: "/api/projects/:project/agreement/:version",
    summary: "One version: document, plain words, and what changed since the one before",
    serves: "metadata",
    event: { none: "terms of this person's own project or data set" },
    params: version,
    response: strict({
      version: AgreementVersion,
      document: AgreementDocument,
      /** the document in plain sentences, by heading: the five safes */
      words: Type.Array(strict({ heading: Type.String(), sentences: Type.Array(Type.String()) })),
      changes: Type.Array(
        strict({ path: Type.String(), before: Type.String(), after: Type.String(), widens: Type.Boolean() }),
      ),
      signatures: Type.Array(strict({ person: PersonRef, at: Instant })),
      actions: actions(["sign"]),
    }),
  }),
  operation({
    id: "agreementPropose",
    method: "POST",
    path: "/api/projects/:project/agreement",
    summary: "Propose a new version; the custodians decide",
    serves: "metadata",
    event: "agreement.proposed",
    params: strict({ project: Id }),
    body: strict({ document: AgreementDocument, reason: Sentence }),
    response: strict({ version: Type.Integer(), index: LogIndex }),
  }),
  operation({
    id: "agreementDecide",
    method: "POST",
    path: "/api/projects/:project/agreement/:version/decision",
    summary: "Decide as custodian of one data set",
    serves: "metadata",
    event: "agreement.decided",
    stepUp: true,
    params: version,
    body: strict({ dataSet: Id, decision: oneOf(["approved", "refused"]), reason: Sentence }),
    response: Done,
  }),
  operation({
    id: "agreementSign",
    method: "POST",
    path: "/api/projects/:project/agreement/:version/signature",
    summary: "Sign the agreement as a member",
    serves: "metadata",
    event: "agreement.signed",
    params: version,
    body: strict({ sha256: Sha256 }),
    response: Done,
  }),
  operation({
    id: "applicationList",
    method: "GET",
    path: "/api/applications",
    summary: "Agreement versions that wait for my decision or that I decided",
    serves: "metadata",
    event: { none: "what waits for this custodian" },
    response: strict({
      applications: Type.Array(
        strict({
          project: ProjectRef,
          version: Type.Integer(),
          state: oneOf(AGREEMENT_STATES),
          proposedAt: Instant,
          dataSets: Type.Array(Type.String()),
          waits: Type.Boolean(),
        }),
      ),
    }),
  }),
]
export { Created }
