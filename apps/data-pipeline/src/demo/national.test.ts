import assert from "node:assert/strict"
import { test } from "node:test"
import type { Database } from "../drivers/database.ts"
import { domainSql } from "../domain/domains.ts"
import { openBench } from "../testing.ts"
import { readAnswerKey } from "./answer-key.ts"
import { generateNational } from "./national.ts"

const FEW = 2000
const MANY = 150_000
const TABLES = [
  "demographics people",
  "vaccine status",
  "hes apc",
  "ons deaths",
  "primary_care meds",
  "gdppr events",
]

async function fingerprint(db: Database): Promise<string[]> {
  const found: string[] = []
  for (const table of TABLES) {
    const [row] = await db.all(
      `SELECT count(*) AS n, bit_xor(md5_number(t::VARCHAR))::VARCHAR AS h FROM "${table}" t`,
    )
    found.push([table, String(row?.n), String(row?.h)].join(" "))
  }
  return found
}

test("the same seed makes the same people, another seed others", async () => {
  const made: string[][] = []
  for (const seed of [1, 1, 2]) {
    await using bench = await openBench()
    await generateNational(bench.db, seed, FEW)
    made.push(await fingerprint(bench.db))
  }
  assert.deepEqual(made[0], made[1])
  assert.notDeepEqual(made[0], made[2])
})

async function checkNumbersAndCodes(db: Database): Promise<void> {
  const [people] = await db.all(`SELECT count(*)::INTEGER AS n, count(DISTINCT nhs)::INTEGER AS d,
    bool_and(starts_with(nhs, '999') AND ${domainSql("nhs-number", "nhs")}) AS ok FROM pop`)
  assert.deepEqual(people, { n: MANY, d: MANY, ok: true })
  const key = readAnswerKey()
  const codes = [
    ...key.diseases.map((d) => d.code),
    ...key.medicines.map((m) => m.dmd),
    ...Object.values(key.products),
  ]
  const diagnoses = Object.values(key.outcomes).flatMap((o) => o.codes)
  const all = [...codes.map((c) => ["snomed", c] as const), ...diagnoses.map((c) => ["icd10", c] as const)]
  for (const [domain, code] of all) {
    const [row] = await db.all(`SELECT ${domainSql(domain, `'${code}'`)} AS ok`)
    assert.equal(row?.ok, true, code)
  }
}

async function checkDraws(db: Database): Promise<void> {
  const [row] =
    await db.all(`SELECT corr(u(i, 'a'), u(i, 'b')) AS c, corr(u(i, 'event venous'), u(i, 'dose day')) AS d,
    corr(u(i, 'a'), u(i + 1, 'a')) AS e, avg(u(i, 'a')) AS m FROM range(200000) t(i)`)
  for (const c of [row?.c, row?.d, row?.e]) assert.ok(Math.abs(Number(c)) < 0.02, String(c))
  assert.ok(Math.abs(Number(row?.m) - 0.5) < 0.005)
}

/** Clotting in sinus veins after the first product, under 70: rate ratio over age and sex, Mantel and Haenszel. */
async function checkPlantedRatio(db: Database): Promise<void> {
  const [row] = await db.all(`
    WITH e AS (SELECT i, min(day) AS at FROM outcome WHERE code IN ('G08X', 'I676') GROUP BY i),
      f AS (SELECT p.i, floor(years / 5) AS band, sex, d.day + 1 AS opens, d.product, least(101, death_day, coalesce(e.at, 999)) AS stop, e.at IS NOT NULL AS ev
        FROM pop p LEFT JOIN dose d USING (i) LEFT JOIN e USING (i) WHERE age >= 18 AND years < 70),
      g AS (SELECT band, sex, false AS exposed, least(stop, coalesce(opens, 999)) AS t, ev AND stop < coalesce(opens, 999) AS y FROM f
        UNION ALL SELECT band, sex, true, least(stop, opens + 28) - opens, ev AND stop >= opens AND stop < opens + 28 FROM f WHERE product = 'AZ' AND opens < stop),
      s AS (SELECT band, sex, exposed, sum(t) AS t, sum(y::INTEGER) AS y FROM g GROUP BY ALL)
    SELECT sum(x.y * n.t / (x.t + n.t)) / sum(n.y * x.t / (x.t + n.t)) AS ratio, sum(x.y)::INTEGER AS events
    FROM s x JOIN s n USING (band, sex) WHERE x.exposed AND NOT n.exposed`)
  const planted = readAnswerKey().outcomes.icvt?.hazardRatio.AZ.under70 ?? 0
  const error = Math.abs(Math.log(Number(row?.ratio) / planted))
  // four standard errors of a log ratio with so many events
  assert.ok(error < 4 / Math.sqrt(Number(row?.events)), `ratio ${Number(row?.ratio)}`)
  assert.ok(Number(row?.ratio) > 1.4)
}

test("one large population: numbers, codes, independent draws, and the planted ratio comes back", async () => {
  await using bench = await openBench()
  await generateNational(bench.db, 3, MANY)
  await checkNumbersAndCodes(bench.db)
  await checkDraws(bench.db)
  await checkPlantedRatio(bench.db)
})
