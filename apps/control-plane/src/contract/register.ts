// The public register and landing, generated from the register log. Reading a page is not an event.
import { Type } from "typebox"
import { nullable, oneOf, operation, strict } from "./operation.ts"

export const RegisterEntry = strict({
  number: Type.String(),
  title: Type.String(),
  lay: Type.String(),
  organisations: Type.Array(Type.String()),
  dataSets: Type.Array(Type.String()),
  legalBasis: Type.String(),
  confidentialityBasis: nullable(Type.String()),
  optOut: Type.String(),
  from: Type.String(),
  until: Type.String(),
  state: oneOf(["active", "held", "ended"]),
  agreementVersion: Type.Integer(),
  releases: Type.Integer(),
  filesReleased: Type.Integer(),
  /** place in the register log of the newest entry about this project */
  index: Type.Integer(),
})

export const registerOperations = [
  operation({
    id: "registerList",
    method: "GET",
    path: "/api/register",
    summary: "Every project and data use",
    serves: "public",
    event: { none: "public" },
    query: strict({ q: Type.Optional(Type.String({ maxLength: 200 })) }),
    response: strict({ entries: Type.Array(RegisterEntry), updatedAt: nullable(Type.String()) }),
  }),
  operation({
    id: "registerGet",
    method: "GET",
    path: "/api/register/:number",
    summary: "One project with its history",
    serves: "public",
    event: { none: "public" },
    params: strict({ number: Type.String({ pattern: "^P-\\d{4,}$" }) }),
    response: strict({
      entry: RegisterEntry,
      purpose: Type.String(),
      benefit: Type.String(),
      history: Type.Array(strict({ index: Type.Integer(), at: Type.String(), sentence: Type.String() })),
    }),
  }),
  operation({
    id: "registerCsv",
    method: "GET",
    path: "/api/register.csv",
    summary: "The register as CSV",
    serves: "public",
    event: { none: "public" },
    response: { raw: "text/csv; charset=utf-8" },
  }),
  operation({
    id: "landingGet",
    method: "GET",
    path: "/api/landing",
    summary: "Live figures of the register",
    serves: "public",
    event: { none: "public" },
    response: strict({
      projects: Type.Integer(),
      organisations: Type.Integer(),
      dataSets: Type.Integer(),
      releases: Type.Integer(),
      filesReleased: Type.Integer(),
      refused: Type.Integer(),
      logSize: Type.Integer(),
      readsToday: Type.Integer(),
    }),
  }),
]
