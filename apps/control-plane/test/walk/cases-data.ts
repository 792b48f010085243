// Who may and may not: agreements, data sets, workspaces, the log and the register.
import { proposeAgreement } from "../../src/actions/agreements.ts"
import { sha256Hex } from "../../src/domain/hash.ts"
import { newId } from "../../src/domain/id.ts"
import { agreementDocument } from "../seed.ts"
import type { Cases, World } from "./world.ts"

const STRANGERS = [
  { as: "neighbour", status: 404, code: "not_found" },
  { as: "operator", status: 404, code: "not_found" },
  { as: "keeper", status: 404, code: "not_found" },
] as const

/** A version that nothing else is like, waiting for its custodian. */
async function waiting(w: World): Promise<number> {
  const document = agreementDocument({ title: `Liver disease ${newId()}` })
  return (await proposeAgreement(w.ctx, await w.as("admin"), w.project, { document, reason: "More" })).version
}

async function submission(w: World): Promise<string> {
  const id = newId()
  await w.ctx.db
    .insertInto("submission")
    .values({
      id,
      data_set_id: w.dataSet,
      state: "accepted",
      report: JSON.stringify({
        validate: {
          tables: [{ rows: 10, aside: 1 }],
          rules: [{ table: "visits", column: "age", rule: "domain", severity: "reject-row", count: 1 }],
          findings: [{ file: "visits.csv", row: 3, column: "age", rule: "domain" }],
        },
        link: { methods: { number_and_birth: 8, none: 1 }, subjects: 9, people: 8 },
      }),
      code: null,
      finished_at: null,
    })
    .execute()
  return id
}

async function landings(w: World): Promise<void> {
  await w.sql(
    `insert into setting (key, value) values ('landings', '[{"generator":"livers","seed":1,"dataSets":["livers"]}]') on conflict do nothing`,
  )
  await w.sql("update submission set state = 'accepted' where state = 'running'")
}

async function snapshot(w: World): Promise<void> {
  await w.sql("update extract set state = 'ready'")
  await w.sql(
    `insert into snapshot (id, data_set_id, number, manifest, sha256, row_count, people)
     values ($1, $2, (select coalesce(max(number), 0) + 1 from snapshot), '{}', $3, 10, 9)`,
    [newId(), w.dataSet, sha256Hex("snapshot")],
  )
}

const someIndex = (w: World) => w.logSize() - 1

/** An event of the asker's own that is in the search table already. */
async function ownEvent(w: World): Promise<number> {
  const answer = await w.call("author", "POST", "/api/terms", { version: 1 })
  await w.ctx.audit.projectNow()
  await w.ctx.audit.publishNow()
  return (answer.body as { index: number }).index
}

export const dataCases = {
  agreementGet: {
    allowed: (w) => ({ as: "author", params: { project: w.project } }),
    denied: [...STRANGERS, { as: "manager", status: 403, code: "not_permitted" }],
  },
  agreementVersionGet: {
    allowed: (w) => ({ as: "custodian", params: { project: w.project, version: 1 } }),
    denied: [...STRANGERS, { as: "manager", status: 403, code: "not_permitted" }],
  },
  agreementPropose: {
    allowed: (w) => ({
      as: "admin",
      params: { project: w.project },
      body: { document: agreementDocument({ title: `Liver disease ${newId()}` }), reason: "More" },
    }),
    denied: [
      { as: "author", status: 403, code: "not_permitted" },
      { as: "custodian", status: 403, code: "not_permitted" },
      ...STRANGERS,
    ],
    again: { status: 409, code: "already_exists" },
  },
  agreementDecide: {
    allowed: async (w) => ({
      as: "custodian",
      params: { project: w.project, version: await waiting(w) },
      body: { dataSet: w.dataSet, decision: "refused", reason: "Too wide" },
    }),
    denied: [
      { as: "author", status: 403, code: "own_application" },
      { as: "admin", status: 403, code: "own_application" },
      { as: "lead", status: 403, code: "own_application" },
      { as: "auditor", status: 403, code: "not_permitted" },
      ...STRANGERS,
    ],
    again: { status: 409, code: "already_done" },
  },
  agreementSign: {
    allowed: async (w) => {
      await w.sql("delete from agreement_signature where project_id = $1", [w.elsewhere])
      const [row] = await w.sql("select sha256 from agreement_version where project_id = $1", [w.elsewhere])
      return {
        as: "neighbour",
        params: { project: w.elsewhere, version: 1 },
        body: { sha256: row?.["sha256"] },
      }
    },
    denied: [
      { as: "author", status: 404, code: "not_found" },
      { as: "custodian", status: 403, code: "not_permitted" },
      { as: "auditor", status: 403, code: "not_permitted" },
    ],
    again: { status: 409, code: "already_done" },
  },
  applicationList: {
    allowed: () => ({ as: "custodian" }),
    denied: [],
    everyone: "each sees what waits for them as custodian; for others that is nothing",
  },
  dataSetList: {
    allowed: () => ({ as: "manager" }),
    denied: [
      { as: "author", status: 403, code: "not_permitted" },
      { as: "operator", status: 403, code: "not_permitted" },
    ],
  },
  dataSetGet: {
    allowed: (w) => ({ as: "manager", params: { dataSet: w.dataSet } }),
    denied: [
      { as: "author", status: 404, code: "not_found" },
      { as: "keeper", status: 404, code: "not_found" },
      { as: "operator", status: 404, code: "not_found" },
    ],
  },
  submissionGet: {
    allowed: async (w) => ({
      as: "custodian",
      params: { dataSet: w.dataSet, submission: await submission(w) },
    }),
    denied: [
      { as: "author", status: 404, code: "not_found" },
      { as: "keeper", status: 404, code: "not_found" },
    ],
  },
  dataSetRefresh: {
    allowed: async (w) => {
      await landings(w)
      return { as: "manager", params: { dataSet: w.dataSet } }
    },
    denied: [
      { as: "custodian", status: 403, code: "not_permitted" },
      { as: "auditor", status: 403, code: "not_permitted" },
      { as: "author", status: 404, code: "not_found" },
    ],
    again: { status: 409, code: "refresh_underway" },
  },
  catalogueGet: {
    allowed: (w) => ({ as: "author", params: { project: w.project } }),
    denied: [...STRANGERS, { as: "custodian", status: 403, code: "not_permitted" }],
  },
  extractRefresh: {
    allowed: async (w) => {
      await snapshot(w)
      return { as: "manager", params: { project: w.project } }
    },
    denied: [
      { as: "author", status: 403, code: "not_permitted" },
      { as: "admin", status: 403, code: "not_permitted" },
      ...STRANGERS,
    ],
    again: { status: 409, code: "refresh_underway" },
  },
  workspaceOpen: {
    allowed: async (w) => ({ as: await w.member(), params: { project: w.project } }),
    denied: [
      { as: "admin", status: 403, code: "not_permitted" },
      { as: "custodian", status: 403, code: "not_permitted" },
      ...STRANGERS,
    ],
    again: "same",
  },
  workspaceGet: {
    allowed: (w) => ({ as: "author", params: { workspace: w.workspace } }),
    denied: [
      { as: "colleague", status: 404, code: "not_found" },
      { as: "admin", status: 404, code: "not_found" },
      ...STRANGERS,
    ],
  },
  workspaceEnter: {
    allowed: (w) => ({ as: "author", params: { workspace: w.workspace } }),
    denied: [{ as: "colleague", status: 404, code: "not_found" }, ...STRANGERS],
    again: "another",
  },
  workspaceStop: {
    allowed: async (w) => {
      const { person, workspace } = await w.researcher()
      return { as: person, params: { workspace } }
    },
    denied: [
      { as: "colleague", status: 404, code: "not_found" },
      { as: "admin", status: 404, code: "not_found" },
      ...STRANGERS,
    ],
    again: { status: 403, code: "wrong_state" },
  },
  workspaceDelete: {
    allowed: async (w) => {
      const { person, workspace } = await w.researcher()
      await w.sql("update workspace set state = 'stopped' where id = $1", [workspace])
      await w.sql("update run set wanted = 'stopped', stopped_at = now() where workspace_id = $1", [
        workspace,
      ])
      return { as: person, params: { workspace } }
    },
    denied: [{ as: "colleague", status: 404, code: "not_found" }, ...STRANGERS],
    again: { status: 403, code: "wrong_state" },
  },
  logPulse: { allowed: () => ({ as: "author" }), denied: [] },
  logSearch: {
    allowed: () => ({ as: "auditor", query: { limit: 3 } }),
    denied: async (w) => [
      { as: "author", status: 403, code: "not_permitted" },
      { as: "operator", status: 403, code: "not_permitted" },
      { as: "neighbour", status: 404, code: "not_found", with: { query: { project: w.project } } },
      { as: "author", status: 404, code: "not_found", with: { query: { dataSet: w.dataSet } } },
      { as: "manager", status: 403, code: "not_permitted", with: { query: { dataSet: w.dataSet } } },
    ],
    unknownIds: false,
  },
  logChart: {
    allowed: () => ({ as: "auditor", query: {} }),
    denied: async (w) => [
      { as: "author", status: 403, code: "not_permitted" },
      { as: "neighbour", status: 404, code: "not_found", with: { query: { project: w.project } } },
    ],
    unknownIds: false,
  },
  logEntry: {
    allowed: (w) => ({ as: "auditor", params: { index: someIndex(w) } }),
    denied: [
      { as: "author", status: 403, code: "not_permitted" },
      { as: "custodian", status: 403, code: "not_permitted" },
      { as: "operator", status: 403, code: "not_permitted" },
    ],
  },
  logProof: {
    allowed: async (w) => ({ as: "author", params: { index: await ownEvent(w) } }),
    denied: [],
    everyone: "hashes of the public tree",
  },
  logLeaf: {
    allowed: (w) => ({ as: "author", params: { index: someIndex(w) } }),
    denied: [],
    everyone: "commitments of the public tree",
  },
  logChip: {
    allowed: async (w) => ({ as: "author", params: { index: await ownEvent(w) } }),
    denied: [
      { as: "neighbour", status: 404, code: "not_found" },
      { as: "colleague", status: 404, code: "not_found" },
      { as: "operator", status: 404, code: "not_found" },
    ],
  },
  logExport: {
    allowed: () => ({ as: "auditor", query: { format: "csv", limit: 5 } }),
    denied: [
      { as: "author", status: 403, code: "not_permitted" },
      { as: "custodian", status: 403, code: "not_permitted" },
      { as: "operator", status: 403, code: "not_permitted" },
    ],
    unknownIds: false,
  },
  registerList: { allowed: () => ({ as: "author", query: { q: "liver" } }), denied: [] },
  registerGet: {
    allowed: async (w) => {
      await w.ctx.audit.appendRegister({
        kind: "agreement.inForce",
        version: 1,
        time: w.ctx.clock.now().toISOString(),
        project: "P-0001",
        title: "Liver disease",
        organisations: ["A university"],
        lay: "They look at livers",
        purpose: "To learn",
        benefit: "To help",
        dataSets: ["livers"],
        legalBasis: "6(1)(e)",
        confidentialityBasis: null,
        optOut: "not_applicable",
        from: "2020-01-01",
        until: "2199-01-01",
        agreementVersion: 1,
        agreementSha256: sha256Hex("x"),
      })
      return { as: "author", params: { number: "P-0001" } }
    },
    denied: [],
  },
  registerCsv: { allowed: () => ({ as: "author" }), denied: [] },
  landingGet: { allowed: () => ({ as: "author" }), denied: [] },
} satisfies Partial<Cases>
