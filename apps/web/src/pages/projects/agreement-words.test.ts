import { describe, expect, test } from "vitest"
import { compareDrafts, describeChange, type AgreementDocument } from "./agreement-words.ts"

const version: AgreementDocument = {
  schema: "glasshouse-agreement/1",
  title: "Liver disease",
  parties: [{ organisation: "University of Eastmoor", part: "recipient" }],
  purpose: { research: "r", benefit: "b", lay: "l" },
  legalBasis: { article6: "6(1)(e)", article9: null },
  confidentialityBasis: null,
  optOut: { rule: "national_opt_out_applied", reason: null },
  people: { roles: ["researcher"], most: 10 },
  dataSets: [
    { dataSet: "nafld", purpose: null, tables: [{ table: "nafld1", columns: ["age", "bmi"], filter: [] }] },
  ],
  cohort: null,
  dates: null,
  refresh: { every: "never" },
  derivedTables: null,
  linkage: { allowed: true, words: null },
  territory: ["United Kingdom"],
  term: { from: "2026-11-25", until: "2027-07-23" },
  specialConditions: null,
  outputPolicy: { preset: "nhs-england-sde" },
  overrides: null,
  workspace: null,
}

describe("a new version in words", () => {
  test("nothing is said of a version that is the same", () => {
    expect(compareDrafts(version, structuredClone(version))).toEqual([])
  })

  test("a later end, a column less and a column more", () => {
    const next: AgreementDocument = {
      ...version,
      term: { ...version.term, until: "2028-07-23" },
      dataSets: [
        { ...version.dataSets[0]!, tables: [{ table: "nafld1", columns: ["age", "weight"], filter: [] }] },
      ],
    }
    expect(compareDrafts(version, next)).toEqual([
      { what: "Column nafld.nafld1.weight", before: "Not used", after: "May be used" },
      { what: "Column nafld.nafld1.bmi", before: "May be used", after: "No longer used" },
      {
        what: "How long",
        before: "25 Nov 2026 until 23 Jul 2027",
        after: "25 Nov 2026 until 23 Jul 2028",
      },
    ])
  })

  test("what the server found is said in the same words", () => {
    expect(
      describeChange({
        path: "people",
        before: JSON.stringify({ roles: ["researcher"], most: 10 }),
        after: "",
        widens: true,
      }),
    ).toEqual({ what: "People", before: "researcher, at most 10 people", after: "Nothing said" })
    expect(describeChange({ path: "title", before: "Liver disease", after: "Liver", widens: false })).toEqual(
      {
        what: "Title",
        before: "Liver disease",
        after: "Liver",
      },
    )
  })

  test("a key of a later schema is shown as it came", () => {
    expect(describeChange({ path: "later", before: "a", after: "b", widens: false })).toEqual({
      what: "later",
      before: "a",
      after: "b",
    })
  })
})
