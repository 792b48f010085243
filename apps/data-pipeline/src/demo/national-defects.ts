// Defects with known counts in the synthetic national tables: added rows that validation must find, and corrupted
// identifiers of real rows through which the ladder must still find the person.
import type { Database } from "../drivers/database.ts"
import * as sql from "../domain/sql.ts"

type Defect = { dataSet: string; table: string; rule: string; rows: number; replace: string; where?: string }

const WRONG_DIGIT =
  "substr(NHS_NUMBER, 1, 9) || ((substr(NHS_NUMBER, 10, 1)::INTEGER + 1) % 10) AS NHS_NUMBER"

const DEFECTS: readonly Defect[] = [
  { dataSet: "demographics", table: "people", rule: "domain-nhs-number", rows: 40, replace: WRONG_DIGIT },
  {
    dataSet: "demographics",
    table: "people",
    rule: "type-date",
    rows: 15,
    replace: "substr(DATE_OF_BIRTH, 1, 4) || '-02-30' AS DATE_OF_BIRTH",
  },
  {
    dataSet: "demographics",
    table: "people",
    rule: "after-receipt",
    rows: 25,
    replace: "'2033-05-01' AS DATE_OF_BIRTH",
  },
  {
    dataSet: "demographics",
    table: "people",
    rule: "duplicate-key",
    rows: 30,
    replace: "SEX AS SEX",
    where: "SEX <> '9'",
  },
  {
    dataSet: "vaccine",
    table: "status",
    rule: "product-when-given",
    rows: 60,
    replace: "NULL AS VACCINE_PRODUCT_CODE",
    where: "NOT_GIVEN = 'FALSE'",
  },
  {
    dataSet: "vaccine",
    table: "status",
    rule: "after-receipt",
    rows: 25,
    replace: "'2022-01-01' AS RECORDED_DATE",
    where: "NOT_GIVEN = 'FALSE'",
  },
  {
    dataSet: "vaccine",
    table: "status",
    rule: "value",
    rows: 20,
    replace: "'73211009' AS VACCINE_PRODUCT_CODE",
    where: "NOT_GIVEN = 'TRUE'",
  },
  {
    dataSet: "hes",
    table: "apc",
    rule: "ends-after-start",
    rows: 30,
    replace: "'X1' || EPIKEY AS EPIKEY, '2015-01-01' AS EPIEND",
  },
  {
    dataSet: "hes",
    table: "apc",
    rule: "domain-icd10",
    rows: 20,
    replace: "'X2' || EPIKEY AS EPIKEY, '99.Z' AS DIAG_4_01",
  },
  {
    dataSet: "ons",
    table: "deaths",
    rule: "registered-after-death",
    rows: 4,
    replace: "'X' || REGISTRATION AS REGISTRATION, '20201201' AS REG_DATE",
  },
  {
    dataSet: "gdppr",
    table: "events",
    rule: "domain-snomed",
    rows: 35,
    replace: "CODE || '1' AS CODE",
    where: "CODE = '38341003'",
  },
  {
    dataSet: "primary_care",
    table: "meds",
    rule: "domain-bnf",
    rows: 18,
    replace: "'x' || PrescribedBNFCode AS PrescribedBNFCode",
  },
]

export async function plantNationalDefects(db: Database): Promise<Record<string, Record<string, number>>> {
  const planted: Record<string, Record<string, number>> = {}
  for (const [i, defect] of DEFECTS.entries()) {
    const relation = sql.ident(`${defect.dataSet} ${defect.table}`)
    // from the rows as they were before any defect: an added row is never the base of another
    await db.run(`CREATE OR REPLACE TEMP TABLE base AS SELECT * FROM ${relation} LIMIT 4000 OFFSET ${i % 4}`)
    await db.run(`INSERT INTO ${relation} SELECT * REPLACE (${defect.replace}) FROM base
      WHERE NHS_NUMBER IS NOT NULL AND DATE_OF_BIRTH IS NOT NULL AND ${defect.where ?? "true"} LIMIT ${defect.rows}`)
    planted[defect.dataSet] = { ...planted[defect.dataSet], [defect.rule]: defect.rows }
  }
  return planted
}

/** Day and month swapped at the vaccination centre; at death a number lost, another number, a wrong day of birth. */
export async function corruptIdentifiers(db: Database): Promise<Record<string, Record<string, number>>> {
  const swappable = "DATE_OF_BIRTH[9:10] <= '12' AND DATE_OF_BIRTH[9:10] <> DATE_OF_BIRTH[6:7]"
  const swapped =
    await db.count(`UPDATE "vaccine status" SET DATE_OF_BIRTH = DATE_OF_BIRTH[1:5] || DATE_OF_BIRTH[9:10] || '-' || DATE_OF_BIRTH[6:7]
    WHERE ${swappable} AND u(NHS_NUMBER[1:9]::BIGINT, 'swapped') < 0.01 AND NHS_NUMBER IN (SELECT nhs FROM pop)
      AND RECORDED_DATE < '2021-03-20' AND VACCINE_PRODUCT_CODE <> '73211009'`)
  const kind = "u(NHS_NUMBER[1:9]::BIGINT, 'death record')"
  const real = "REGISTRATION NOT LIKE 'X%' AND SEX <> '9'"
  await db.run(`CREATE TEMP TABLE kinds AS SELECT REGISTRATION, CASE WHEN ${kind} < 0.02 THEN 'lost' WHEN ${kind} < 0.04 THEN 'other'
    WHEN ${kind} < 0.06 THEN 'day' END AS kind FROM "ons deaths" WHERE ${real}`)
  const lost = await db.count(
    `UPDATE "ons deaths" d SET NHS_NUMBER = NULL FROM kinds k WHERE k.REGISTRATION = d.REGISTRATION AND kind = 'lost'`,
  )
  // numbers from the far end of the range, which no person of the population has
  const other =
    await db.count(`UPDATE "ons deaths" d SET NHS_NUMBER = n.nhs FROM kinds k, nhs n, (SELECT max(k) AS top FROM nhs) t
    WHERE k.REGISTRATION = d.REGISTRATION AND kind = 'other' AND n.k = t.top - d.REGISTRATION[2:]::BIGINT`)
  const day =
    await db.count(`UPDATE "ons deaths" d SET DATE_OF_BIRTH = DATE_OF_BIRTH[1:6] || CASE WHEN DATE_OF_BIRTH[7:8] = '14' THEN '15' ELSE '14' END
    FROM kinds k WHERE k.REGISTRATION = d.REGISTRATION AND kind = 'day'`)
  return {
    vaccine: { "nhs-dob-swapped": swapped },
    ons: { "name-dob-postcode": lost, "superseded-nhs": other, "nhs-name": day },
  }
}
