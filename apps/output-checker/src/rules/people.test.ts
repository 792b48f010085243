// Identifiers and unit records: planted ones and their benign twins.
import assert from "node:assert/strict"
import { test } from "node:test"
import { isSnomedId, chanceOfPassing } from "./identifier.ts"
import { passesNhsCheck, PERSON_ID_LOW } from "../table/identifiers.ts"
import type { RuleId, Status } from "../report.ts"
import { checkText, explain, findingsOf, placesOf, statusOf, type Extra } from "../testing.ts"

async function expect(rule: RuleId, status: Status, text: string, extra: Extra = {}): Promise<void> {
  const file = await checkText(text, extra)
  assert.equal(statusOf(file, rule), status, `${rule} of\n${text}\n${explain(file)}`)
}

const BASE = 77_777 * PERSON_ID_LOW

function validNumbers(count: number, start = 400_000_000): string[] {
  const out: string[] = []
  for (let n = start; out.length < count; n += 7_919)
    for (let d = 0; d < 10; d++) if (passesNhsCheck(`${n}${d}`)) out.push(`${n}${d}`)
  return out
}

test("check digits of health numbers", () => {
  assert.ok(passesNhsCheck("9434765919"))
  assert.ok(!passesNhsCheck("9434765918"))
  assert.ok(passesNhsCheck("4505577104"))
  assert.ok(isSnomedId("195967001"))
  assert.ok(isSnomedId("1240581000000104"))
  assert.ok(!isSnomedId("195967002"))
  assert.ok(
    chanceOfPassing(9, 100) > 0.4 && chanceOfPassing(40, 100) < 1e-9 && chanceOfPassing(400, 1000) < 1e-9,
  )
})

test("health numbers are judged by column", async () => {
  const valid = validNumbers(6)
  await expect("identifier", "violated", `ref,n\n${valid.map((v) => `${v},150`).join("\n")}\n`)
  await expect("identifier", "violated", "ref,n\n943 476 5919,150\nb,40\n")
  await expect("identifier", "violated", "ref,n\n943-476-5919,150\nb,40\n")
  await expect("identifier", "violated", "note,n\nseen 943 476 5919 twice,150\nb,40\n")
  const lone = await checkText("ref,n\n4505577104,150\nb,40\n")
  assert.equal(findingsOf(lone, "identifier")[0]?.severity, "review")
  // Ten-digit numbers below the range of person_id, one in eleven valid as chance has it.
  const random = Array.from({ length: 66 }, (_, i) => String(1_000_000_000 + i * 48_271_331).slice(0, 10))
  await expect(
    "identifier",
    "satisfied",
    `ref,n\n${random
      .filter((r) => Number(r) < PERSON_ID_LOW)
      .map((r) => `${r},150`)
      .join("\n")}\n`,
  )
})

test("person_id: this project's range is an identifier, any other an incident", async () => {
  const own = BASE + 12_345
  const other = 5 * PERSON_ID_LOW + 99 + 2 ** 40
  await expect("identifier", "violated", `x,n\n${own},150\nb,40\n`, { idsBase: BASE })
  const file = await checkText(`x,n\n${other},150\nb,40\n`, { idsBase: BASE })
  assert.deepEqual(placesOf(file, "identifier"), ["0/x"])
  assert.match(findingsOf(file, "identifier")[0]?.message ?? "", /incident/)
  const mine = await checkText(`x,n\n${own},150\nb,40\n`, { idsBase: BASE })
  assert.match(findingsOf(mine, "identifier")[0]?.message ?? "", /a person_id of this project/)
  for (const spelling of [`${own}.0`, own.toLocaleString("en-GB"), `id ${own} seen`, own.toExponential()])
    await expect("identifier", "violated", `x,n\n"${spelling}",150\nb,40\n`, { idsBase: BASE })
  await expect("identifier", "satisfied", `x,n\n${PERSON_ID_LOW - 1},150\nb,40\n`, { idsBase: BASE })
  await expect("identifier", "satisfied", `x,n\n${2 ** 52},150\nb,40\n`, { idsBase: BASE })
  await expect("identifier", "violated", `group,n\na,${own}\nb,40\n`, { idsBase: BASE })
  await expect("identifier", "violated", `a,n_${own}\nx,150\ny,40\n`, { idsBase: BASE })
})

test("a column of SNOMED CT codes is no column of people", async () => {
  const codes = ["1240581000000104", "1240751000000100", "1324681000000101"]
  assert.ok(codes.every(isSnomedId), codes.filter((c) => !isSnomedId(c)).join())
  await expect("identifier", "satisfied", `code,n\n${codes.map((c) => `${c},150`).join("\n")}\n`)
})

test("postcodes, e-mail, telephone, National Insurance numbers", async () => {
  for (const text of [
    "SW1A 1AA",
    "ls1 4ap",
    "EC1A 1BB",
    "lives at LS1 4AP now",
    "jane.doe@example.org",
    "07700 900123",
    "+44 7700 900123",
    "AB123456C",
  ])
    await expect("identifier", "violated", `place,n\n"${text}",150\nb,40\n`)
  await expect("identifier", "violated", "area,n\nLS14AP,150\nM11AE,40\n")
  for (const text of ["SW1A", "LS1", "E11.9", "C50 9", "ZZ1 1AA", "Q4 2021", "B12", "v1.2.3"])
    await expect("identifier", "satisfied", `place,n\n"${text}",150\nb,40\n`)
})

test("names of columns that hold identifiers", async () => {
  for (const header of [
    "nhs_number",
    "NHSNumber",
    "patient_id",
    "person_id",
    "date_of_birth",
    "DOB",
    "surname",
    "forename",
    "postcode",
    "email",
    "participant_id",
  ])
    await expect("identifier", "violated", `${header},n\nabc,150\ndef,40\n`)
  for (const header of ["site", "age_group", "birth_year", "practice_count", "patients", "persons_at_risk"])
    await expect("identifier", "satisfied", `${header},n\n1950,150\n1960,40\n`)
  await expect("identifier", "violated", "lat,long,n\n51.50735,-0.12776,150\n53.80076,-1.54908,40\n")
  await expect("identifier", "satisfied", "postcode,n\nLS1,150\nSW1A,40\n")
})

test("pseudonyms: a different code in every row", async () => {
  const codes = [
    "9b74c9897bac770ffc029102a200c5de",
    "0cc175b9c0f1b6a831c399e269772661",
    "92eb5ffee6ae2fec3ad71c777531578f",
  ]
  await expect("identifier", "violated", `k,n\n${codes.map((c) => `${c},150`).join("\n")}\n`)
  await expect(
    "identifier",
    "violated",
    "k,n\n123e4567-e89b-42d3-a456-426614174000,150\n223e4567-e89b-42d3-a456-426614174000,40\n",
  )
})

const PEOPLE = Array.from(
  { length: 30 },
  (_, i) =>
    `${20 + ((i * 7) % 60)},${i % 2 ? "F" : "M"},${22 + ((i * 13) % 90) / 10},2021-0${1 + (i % 9)}-1${i % 9}`,
)

test("unit records: a row is a person", async () => {
  await expect("unit-record", "violated", `age,sex,bmi,admission_date\n${PEOPLE.join("\n")}\n`)
  await expect("unit-record", "violated", `age,sex,bmi,admission_date\n${PEOPLE.slice(0, 5).join("\n")}\n`)
  await expect(
    "unit-record",
    "violated",
    `patient_id,code\n${PEOPLE.map((_, i) => `${i * 31},A${i % 3}`).join("\n")}\n`,
  )
  await expect(
    "unit-record",
    "violated",
    `id,age,sex,sbp,smoker\n${PEOPLE.map((_, i) => `${i},${20 + i},${i % 2},${110 + ((i * 7) % 50)},${i % 3 ? 0 : 1}`).join("\n")}\n`,
  )
  await expect(
    "unit-record",
    "violated",
    `x1,x2,x3,x4\n${PEOPLE.map((_, i) => `${i * 1.37},${i * 2.71},${i * 3.14},${i * 1.41}`).join("\n")}\n`,
  )
})

test("unit records: a row is a group", async () => {
  await expect("unit-record", "satisfied", "age_group,sex,n\n0-17,F,150\n18-64,M,40\n65+,F,60\n")
  await expect(
    "unit-record",
    "satisfied",
    "term,estimate,std_error,p_value\nage,1.2,0.3,0.01\nsex,0.4,0.2,0.04\n",
  )
  await expect(
    "unit-record",
    "satisfied",
    `date,n\n${PEOPLE.map((_, i) => `2021-03-${String(i + 1).padStart(2, "0")},${150 + 5 * i}`).join("\n")}\n`,
  )
  await expect("unit-record", "satisfied", "age,sex,mean_bmi,n\n20,F,25.2,150\n21,M,26.3,40\n22,F,24.4,60\n")
  await expect(
    "unit-record",
    "satisfied",
    "time,n_risk,n_event,survival\n0,1500,0,1\n30,1200,300,0.8\n60,900,300,0.6\n",
  )
  await expect("unit-record", "satisfied", "a\nb\nc\n")
})
