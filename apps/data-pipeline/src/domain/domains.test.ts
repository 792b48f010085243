import assert from "node:assert/strict"
import { test } from "node:test"
import type { Domain } from "../data-set.ts"
import { openBench } from "../testing.ts"
import { domainSql } from "./domains.ts"
import { text } from "./sql.ts"

// Written from the standards, apart from the SQL: modulus 11, and Verhoeff by composing permutations.
function isNhsNumber(value: string): boolean {
  if (!/^\d{10}$/.test(value)) return false
  const digits = [...value].map(Number)
  const rest = digits.slice(0, 9).reduce((sum, d, i) => sum + d * (10 - i), 0) % 11
  return (11 - rest) % 11 === digits[9]
}
function multiply(a: number, b: number): number {
  // the dihedral group of order ten: rotations 0 to 4, reflections 5 to 9
  const [ra, rb] = [a % 5, b % 5]
  if (a < 5) return b < 5 ? (ra + rb) % 5 : 5 + ((ra + rb) % 5)
  return b < 5 ? 5 + ((ra - rb + 5) % 5) : (ra - rb + 5) % 5
}
function isSctId(value: string): boolean {
  if (!/^[1-9]\d{5,17}$/.test(value)) return false
  const once = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
  let sum = 0
  ;[...value].reverse().forEach((c, i) => {
    let digit = Number(c)
    for (let n = 0; n < i % 8; n++) digit = once[digit] as number
    sum = multiply(sum, digit)
  })
  return sum === 0
}

async function members(domain: Domain, values: readonly string[]): Promise<boolean[]> {
  await using bench = await openBench()
  await bench.db.run("CREATE TABLE v (i VARCHAR, v VARCHAR)")
  await bench.db.append("v", [values.map((_, i) => String(i)), values])
  const rows = await bench.db.all(`SELECT ${domainSql(domain, "v")} AS ok FROM v ORDER BY i::INTEGER`)
  return rows.map((r) => r.ok as boolean)
}

test("NHS numbers: ten digits with their check digit, against an independent reading", async () => {
  const values = [
    "9434765919",
    "9990000018",
    "943476591",
    "94347659190",
    "943 476 5919",
    "943476591x",
    "٩434765919",
    "",
    "'--",
  ]
  for (let i = 0; i < 3000; i++) values.push(String(9_000_000_000 + i * 331_777))
  const found = await members("nhs-number", values)
  values.forEach((v, i) => assert.equal(found[i], isNhsNumber(v), v))
  assert.ok(found.filter(Boolean).length > 200)
})

test("SNOMED CT and dm+d identifiers: Verhoeff's digit, against an independent reading", async () => {
  const known = ["73211009", "22298006", "39114911000001105", "1324681000000101", "319775004", "138875005"]
  const values = [
    ...known,
    "73211008",
    "073211009",
    "7321100",
    "12345",
    "1234567890123456789",
    "7321 1009",
    "abc",
    "",
  ]
  for (let i = 0; i < 3000; i++) values.push(String(100_000 + i * 97), String(39_114_911_000_001_000 + i * 8))
  const found = await members("snomed", values)
  values.forEach((v, i) => assert.equal(found[i], isSctId(v), v))
  assert.deepEqual(
    found.slice(0, known.length),
    known.map(() => true),
  )
  const [row] = await members("dmd", ["39115611000001103"])
  assert.equal(row, true)
})

test("formats of codes", async () => {
  const cases: [Domain, string[], string[]][] = [
    [
      "icd10",
      ["I269", "I10X", "U071", "G08X", "S720", "M0016", "A170D"],
      ["I26.9", "269", "I2", "i269", "", "I269; --", "IIII"],
    ],
    [
      "postcode",
      ["SW1A 1AA", "M1 1AE", "B33 8TH", "CR2 6XH", "EC1A 1BB"],
      ["SW1A1AA", "sw1a 1aa", "1AA SW1", "M1 1AC", "", "M1  1AE"],
    ],
    ["ods", ["RX1", "A81001", "RTH", "Y0123"], ["R", "rx1", "RX 1", "", "'RX1"]],
    ["bnf", ["0212000B0AAABAB", "0206020"], ["212", "x0212000B0AAABAB", "", "0212000B0AAABABZ"]],
  ]
  for (const [domain, good, bad] of cases) {
    const found = await members(domain, [...good, ...bad])
    good.forEach((v, i) => assert.equal(found[i], true, `${domain} ${v}`))
    bad.forEach((v, i) => assert.equal(found[good.length + i], false, `${domain} ${v}`))
  }
})

test("a value inside SQL text stays a value", () => {
  assert.equal(text("O'Brien"), "'O''Brien'")
  assert.throws(() => text("a\0b"))
})
