// The published NAFLD register as a hospital would send it. All measurements are as published; NHS numbers, names,
// birth dates and postcodes are made up per id from the seed, because the published id is already a study number.
// Defects are rows added beside the real ones, so that after validation exactly the real rows are left.
import { join } from "node:path"
import type { Database } from "../drivers/database.ts"
import * as sql from "../domain/sql.ts"
import type { Generated } from "../stages/land.ts"
import { makeDraws, makeNhsNumbers, NAME_SQL } from "./draws.ts"

/** Rows added per defect. */
export const NAFLD_DEFECTS = {
  "domain-nhs-number": 12,
  "type-date": 7,
  "after-receipt": 5,
  "duplicate-key": 9,
  "type-integer": 14,
  value: 6,
  "unknown-person": 11,
} as const

const RECEIVED = "2020-11-30"

export async function generateNafld(db: Database, directory: string, seed: number): Promise<Generated> {
  await makeDraws(db, "nafld", seed)
  await makeNhsNumbers(db, "nhs", 0, 0)
  const csv = (name: string) =>
    `read_csv(${sql.text(join(directory, `${name}.csv`))}, header = true, all_varchar = true)`
  // entry was between 1997 and 2014: a birth date that agrees with the age is drawn around it
  await db.run(`CREATE TABLE "nafld nafld1" AS
    WITH p AS (SELECT id::BIGINT AS i, *, CASE male WHEN '1' THEN '1' ELSE '2' END AS sex FROM ${csv("nafld1")}),
      k AS (SELECT *, row_number() OVER (ORDER BY i) - 1 AS k FROM p)
    SELECT nhs.nhs AS nhs_number, ${NAME_SQL.surname} AS surname, ${NAME_SQL.forename} AS forename,
      strftime(DATE '1997-01-01' + (u(i, 'entry') * 6500)::INTEGER - (age::INTEGER * 365.25 + 1 + u(i, 'birthday') * 364)::INTEGER, '%Y-%m-%d') AS date_of_birth,
      ${NAME_SQL.postcode} AS postcode, sex, id, age, male, weight, height, bmi, "case.id" AS case_id, futime, status
    FROM k JOIN nhs USING (k) ORDER BY i`)
  for (const table of ["nafld2", "nafld3"]) {
    await db.run(`CREATE TABLE ${sql.ident(`nafld ${table}`)} AS SELECT * FROM ${csv(table)}`)
  }
  await plantDefects(db)
  return {
    received: RECEIVED,
    provider: "Northbridge University Hospital",
    planted: { nafld: { ...NAFLD_DEFECTS } },
    links: {},
  }
}

async function plantDefects(db: Database): Promise<void> {
  const d = NAFLD_DEFECTS
  const like = (n: number, offset: number, replace: string) =>
    `INSERT INTO "nafld nafld1" SELECT * REPLACE (${replace}) FROM "nafld nafld1" WHERE id::BIGINT BETWEEN 1 AND 17000
     ORDER BY draw(id::BIGINT, 'defect ${offset}') LIMIT ${n}`
  const fresh = (base: number) => `(${base} + id::BIGINT)::VARCHAR AS id`
  const wrongDigit = `substr(nhs_number, 1, 9) || ((substr(nhs_number, 10, 1)::INTEGER + 1) % 10) AS nhs_number`
  await db.run(like(d["domain-nhs-number"], 1, `${fresh(1_000_000)}, ${wrongDigit}`))
  await db.run(
    like(d["type-date"], 2, `${fresh(2_000_000)}, substr(date_of_birth, 1, 4) || '-02-30' AS date_of_birth`),
  )
  await db.run(like(d["after-receipt"], 3, `${fresh(3_000_000)}, '2031-01-01' AS date_of_birth`))
  await db.run(like(d["duplicate-key"], 4, "age AS age"))
  await db.run(
    `INSERT INTO "nafld nafld2" SELECT * REPLACE ('n/a' AS days) FROM "nafld nafld2" LIMIT ${d["type-integer"]}`,
  )
  await db.run(
    `INSERT INTO "nafld nafld3" SELECT * REPLACE ('unspecified' AS event) FROM "nafld nafld3" LIMIT ${d.value}`,
  )
  await db.run(
    `INSERT INTO "nafld nafld3" SELECT * REPLACE ('990001' AS id) FROM "nafld nafld3" LIMIT ${d["unknown-person"]}`,
  )
}
