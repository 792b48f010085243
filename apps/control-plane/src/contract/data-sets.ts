// Data sets, their submissions and snapshots; the catalogue of a project's own tables.
import { Type } from "typebox"
import {
  Done,
  Id,
  Instant,
  LogIndex,
  OrganisationRef,
  PersonRef,
  ProjectRef,
  Sha256,
  actions,
  nullable,
  oneOf,
  operation,
  strict,
} from "./operation.ts"

const dataSet = strict({ dataSet: Id })

export const StageState = strict({
  stage: oneOf(["land", "validate", "link", "deidentify", "snapshot", "extract"]),
  state: oneOf(["waits", "running", "succeeded", "failed"]),
  done: nullable(Type.Number()),
  total: nullable(Type.Number()),
  unit: nullable(Type.String()),
  seconds: nullable(Type.Number()),
  message: nullable(Type.String()),
})

export const dataSetOperations = [
  operation({
    id: "dataSetList",
    method: "GET",
    path: "/api/data-sets",
    summary: "Data sets that I manage, keep or may know of",
    serves: "metadata",
    event: { none: "titles and counts" },
    response: strict({
      dataSets: Type.Array(
        strict({
          id: Id,
          code: Type.String(),
          title: Type.String(),
          organisation: Type.String(),
          tables: Type.Integer(),
          snapshot: nullable(strict({ number: Type.Integer(), at: Instant, rows: Type.Integer() })),
          held: Type.Boolean(),
        }),
      ),
      actions: actions(["refresh"]),
    }),
  }),
  operation({
    id: "dataSetGet",
    method: "GET",
    path: "/api/data-sets/:dataSet",
    summary: "A data set: tables, submissions, snapshots with drift, releases to projects",
    serves: "metadata",
    event: { none: "titles, counts and reports without values" },
    params: dataSet,
    response: strict({
      id: Id,
      code: Type.String(),
      title: Type.String(),
      description: Type.String(),
      organisation: OrganisationRef,
      custodians: Type.Array(PersonRef),
      tables: Type.Array(
        strict({
          name: Type.String(),
          description: Type.String(),
          columns: Type.Array(
            strict({ name: Type.String(), type: Type.String(), description: Type.String() }),
          ),
        }),
      ),
      submissions: Type.Array(
        strict({
          id: Id,
          at: Instant,
          state: oneOf(["running", "accepted", "rejected", "failed"]),
          rows: nullable(Type.Integer()),
          setAside: nullable(Type.Integer()),
          stages: Type.Array(StageState),
        }),
      ),
      snapshots: Type.Array(
        strict({
          id: Id,
          number: Type.Integer(),
          at: Instant,
          rows: Type.Integer(),
          people: Type.Integer(),
          manifest: Sha256,
          drift: Type.Array(strict({ table: Type.String(), before: Type.Integer(), after: Type.Integer() })),
        }),
      ),
      projects: Type.Array(
        strict({
          project: ProjectRef,
          agreementVersion: Type.Integer(),
          until: Type.String(),
          columns: Type.Integer(),
        }),
      ),
      actions: actions(["refresh", "holdPlace", "logView"]),
    }),
  }),
  operation({
    id: "submissionGet",
    method: "GET",
    path: "/api/data-sets/:dataSet/submissions/:submission",
    summary: "The report of a submission: file, row, column, rule, never the value",
    serves: "metadata",
    event: { none: "places and rules, no values" },
    params: strict({ dataSet: Id, submission: Id }),
    response: strict({
      id: Id,
      at: Instant,
      stages: Type.Array(StageState),
      rules: Type.Array(
        strict({
          table: Type.String(),
          column: nullable(Type.String()),
          rule: Type.String(),
          severity: oneOf(["reject-file", "reject-row", "warn"]),
          rows: Type.Integer(),
          examples: Type.Array(Type.Integer()),
        }),
      ),
      linkage: nullable(
        strict({
          methods: Type.Array(strict({ method: Type.String(), people: Type.Integer() })),
          unlinked: Type.Integer(),
        }),
      ),
    }),
  }),
  operation({
    id: "dataSetRefresh",
    method: "POST",
    path: "/api/data-sets/:dataSet/refresh",
    summary: "Land the next submission and take it to a new snapshot",
    serves: "metadata",
    event: "data.refreshStarted",
    params: dataSet,
    response: strict({ submission: Id, index: LogIndex }),
  }),
  operation({
    id: "catalogueGet",
    method: "GET",
    path: "/api/projects/:project/data",
    summary: "The tables that this project may read, with profiles",
    serves: "metadata",
    event: { none: "disclosure-controlled profiles of this person's own project" },
    params: strict({ project: Id }),
    response: strict({
      project: ProjectRef,
      extract: nullable(
        strict({
          id: Id,
          at: Instant,
          state: oneOf(["preparing", "ready", "failed"]),
          manifest: nullable(Sha256),
        }),
      ),
      tables: Type.Array(
        strict({
          name: Type.String(),
          dataSet: Type.String(),
          description: Type.String(),
          snapshot: Type.String(),
          rows: Type.Integer(),
          people: nullable(Type.Integer()),
          columns: Type.Array(
            strict({
              name: Type.String(),
              type: Type.String(),
              description: Type.String(),
              completeness: nullable(Type.Number()),
              low: nullable(Type.String()),
              high: nullable(Type.String()),
              distinct: nullable(Type.String()),
            }),
          ),
          drift: nullable(strict({ before: Type.Integer(), after: Type.Integer() })),
          firstQuery: Type.String(),
        }),
      ),
    }),
  }),
  operation({
    id: "extractRefresh",
    method: "POST",
    path: "/api/projects/:project/data/refresh",
    summary: "Make a new extract from the newest snapshots",
    serves: "metadata",
    event: "data.extractStarted",
    params: strict({ project: Id }),
    response: Done,
  }),
]
