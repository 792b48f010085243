import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import type { Table } from "../data-set.ts"
import { openBench } from "../testing.ts"
import { canonicalSql, rungsSql, subjectSql } from "./identity.ts"

const full: Table = {
  name: "t",
  title: "",
  description: "",
  person: {
    identifiers: { nhsNumber: "N", dateOfBirth: "D", surname: "S", forename: "F", postcode: "P", sex: "X" },
  },
  key: [],
  order: [],
  file: { minRows: 0, maxAsideShare: 1 },
  fields: [{ name: "N", label: "", type: "text", publish: "drop" }],
  rules: [],
}

function digest(...parts: string[]): string {
  return createHash("sha256").update(parts.join("|")).digest("hex").slice(0, 32)
}

async function digests(table: Table, row: string) {
  await using bench = await openBench()
  const c = canonicalSql(table)
  const rungs = rungsSql(c)
  const [found] = await bench.db.all(
    `SELECT ${subjectSql(c)} AS subject, ${Object.entries(rungs)
      .map(([name, sql]) => `${sql} AS ${name}`)
      .join(", ")} FROM (SELECT ${row})`,
  )
  return found
}

test("spelling, case, accents and spaces of names do not matter; day and month swap", async () => {
  const row = `'9434765919' AS N, DATE '1980-03-04' AS D, 'O''Bríen-Smith' AS S, 'Zoë' AS F, 'sw1a 1aa' AS P, '2' AS X`
  const found = await digests(full, row)
  const who = ["9434765919", "1980-03-04", "OBRIENSMITH", "ZOE", "SW1A1AA", "2"]
  assert.deepEqual(found, {
    subject: digest("subject", ...who),
    nhsDob: digest("nd", "9434765919", "1980-03-04"),
    nhsDobSwapped: digest("nd", "9434765919", "1980-04-03"),
    nhsName: digest("nn", "9434765919", "OBRIENSMITH", "Z", "1980"),
    nameDobPostcode: digest("np", "OBRIENSMITH", "ZOE", "1980-03-04", "SW1A1AA", "2"),
  })
})

test("a rung whose identifiers are missing is null; nobody at all has no subject", async () => {
  const none = `NULL::VARCHAR AS N, NULL::DATE AS D, NULL::VARCHAR AS S, NULL::VARCHAR AS F, NULL::VARCHAR AS P, '9' AS X`
  assert.deepEqual(await digests(full, none), {
    subject: null,
    nhsDob: null,
    nhsDobSwapped: null,
    nhsName: null,
    nameDobPostcode: null,
  })
  const row = `'9434765919' AS N, DATE '1980-03-14' AS D, NULL::VARCHAR AS S, 'A' AS F, 'B' AS P, '1' AS X`
  const found = await digests(full, row)
  assert.equal(found?.nhsDob, digest("nd", "9434765919", "1980-03-14"))
  assert.equal(found?.nhsDobSwapped, null, "a 14th month does not exist")
  assert.equal(found?.nhsName, null)
  assert.equal(found?.nameDobPostcode, null)
})

test("a table that carries fewer identifiers has the same first rung", async () => {
  const small: Table = { ...full, person: { identifiers: { nhsNumber: "N", dateOfBirth: "D" } } }
  const found = await digests(small, `'9434765919' AS N, DATE '1980-03-04' AS D`)
  assert.equal(found?.nhsDob, digest("nd", "9434765919", "1980-03-04"))
  assert.equal(found?.nameDobPostcode, null)
})
