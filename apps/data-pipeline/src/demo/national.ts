// Synthetic national tables: people, vaccination, hospital episodes, deaths, medicines, events of general practice.
// Everything follows from the seed and answer-key.json. Defects are added rows with known counts; corrupted
// identifiers are in real rows, and the ladder must still find their people.
import type { Database } from "../drivers/database.ts"
import * as sql from "../domain/sql.ts"
import type { Generated } from "../stages/land.ts"
import { readAnswerKey, type AnswerKey, type Outcome } from "./answer-key.ts"
import { makeDraws, makeNhsNumbers, NAME_SQL } from "./draws.ts"
import { corruptIdentifiers, plantNationalDefects } from "./national-defects.ts"

const FOLLOW_UP_DAYS = 101
const DAYS_A_YEAR = 365.25
const RECEIVED = "2021-03-31"

export async function generateNational(db: Database, seed: number, people?: number): Promise<Generated> {
  const key = readAnswerKey()
  await makeDraws(db, "national", seed)
  await makeNhsNumbers(db, "nhs", 1, 9)
  await makePopulation(db, key, people ?? key.people)
  await makeVaccination(db, key)
  await makeOutcomes(db, key)
  await makeHospital(db)
  await makeDeaths(db)
  await makeGeneralPractice(db, key)
  await makeMedicines(db, key)
  const planted = await plantNationalDefects(db)
  const links = await corruptIdentifiers(db)
  return { received: RECEIVED, provider: "National Health Data Office", planted, links }
}

async function makePopulation(db: Database, key: AnswerKey, people: number): Promise<void> {
  // nine in ten are adults; margins by age, region, ethnic group as published for the study's cohort
  await db.run(`CREATE TABLE pop AS
    WITH a AS (SELECT k AS i, nhs, u(k, 'band') AS band, u(k, 'within') AS w FROM nhs WHERE k < ${people}),
      b AS (SELECT *, (CASE WHEN band < 0.10 THEN 16 * w WHEN band < 0.29 THEN 16 + 14 * w WHEN band < 0.45 THEN 30 + 10 * w
        WHEN band < 0.60 THEN 40 + 10 * w WHEN band < 0.75 THEN 50 + 10 * w WHEN band < 0.87 THEN 60 + 10 * w
        WHEN band < 0.96 THEN 70 + 10 * w WHEN band < 0.995 THEN 80 + 10 * w ELSE 90 + 9 * w END) AS years FROM a),
      c AS (SELECT *, floor(years)::INTEGER AS age, (DATE ${sql.text(key.start)} - (years * ${DAYS_A_YEAR})::INTEGER) AS dob,
        CASE WHEN u(i, 'sex') < 0.001 THEN '9' WHEN u(i, 'sex') < 0.5105 THEN '2' ELSE '1' END AS sex,
        1 + floor(u(i, 'imd') * 5)::INTEGER AS imd, u(i, 'ethnic') AS e, u(i, 'region') AS g FROM b),
      d AS (SELECT *, (sex = '1')::INTEGER AS male, u(i, 'smoker') < 0.10 + 0.03 * (5 - imd) AND age >= 16 AS smoker,
        exp(-10.6 + 0.094 * years) AS death_rate FROM c)
    SELECT i, nhs, years, age, dob, sex, male, imd, smoker,
      CASE WHEN e < 0.825 THEN 'White' WHEN e < 0.906 THEN 'Asian' WHEN e < 0.941 THEN 'Black' WHEN e < 0.956 THEN 'Mixed' ELSE 'Other' END AS ethnic,
      CASE WHEN g < 0.047 THEN 'North East' WHEN g < 0.177 THEN 'North West' WHEN g < 0.275 THEN 'Yorkshire and The Humber'
        WHEN g < 0.361 THEN 'East Midlands' WHEN g < 0.466 THEN 'West Midlands' WHEN g < 0.577 THEN 'East of England'
        WHEN g < 0.736 THEN 'London' WHEN g < 0.900 THEN 'South East' ELSE 'South West' END AS region,
      (age >= 80 AND u(i, 'home') < 0.02 + 0.01 * (age - 80))::INTEGER AS care_home,
      'A' || lpad((80000 + floor(u(i, 'practice') * 450))::INTEGER::VARCHAR, 5, '0') AS practice,
      -ln(u(i, 'death')) / death_rate * ${DAYS_A_YEAR} AS death_day
    FROM d`)
  await db.run(`CREATE TABLE "demographics people" AS SELECT nhs AS NHS_NUMBER, ${NAME_SQL.surname} AS SURNAME,
    ${NAME_SQL.forename} AS FORENAME, strftime(dob, '%Y-%m-%d') AS DATE_OF_BIRTH, ${NAME_SQL.postcode} AS POSTCODE,
    practice AS PRACTICE, sex AS SEX, ethnic AS ETHNIC, region AS REGION, imd::VARCHAR AS IMD_QUINTILE,
    care_home::VARCHAR AS CARE_HOME FROM pop ORDER BY nhs`)
}

async function makeVaccination(db: Database, key: AnswerKey): Promise<void> {
  const steps = [...key.uptake].toSorted((a, b) => b.fromAge - a.fromAge)
  const step = (value: (s: AnswerKey["uptake"][number]) => number) =>
    `CASE ${steps.map((s) => `WHEN age >= ${s.fromAge} THEN ${value(s)}`).join(" ")} END`
  await db.run(`CREATE TABLE dose AS
    WITH a AS (SELECT i, years, death_day, u(i, 'uptake') < ${step((s) => s.share)} AS takes,
        floor(${step((s) => s.firstDay)} + u(i, 'dose day') * ${step((s) => s.days)})::INTEGER AS day FROM pop)
    SELECT i, day, CASE WHEN day < ${key.firstAZDay} OR u(i, 'product') >= ${key.shareAZ} THEN 'PF' ELSE 'AZ' END AS product
    FROM a WHERE takes AND day < death_day AND day < ${FOLLOW_UP_DAYS}`)
  await db.run(`CREATE TABLE "vaccine status" AS
    WITH doses AS (
      SELECT i, day, product, 1 AS n FROM dose
      UNION ALL SELECT i, day + 1, product, 1 FROM dose WHERE u(i, 'twice') < 0.002 AND day + 1 < ${FOLLOW_UP_DAYS}
      UNION ALL SELECT i, day + 21, product, 2 FROM dose WHERE product = 'PF' AND day < 20 AND u(i, 'early second') < 0.5
      UNION ALL SELECT i, day + 77, product, 2 FROM dose WHERE day + 77 < ${FOLLOW_UP_DAYS} AND u(i, 'early second') >= 0.5)
    SELECT nhs AS NHS_NUMBER, strftime(dob, '%Y-%m-%d') AS DATE_OF_BIRTH,
      strftime(DATE ${sql.text(key.start)} + day, '%Y-%m-%d') AS RECORDED_DATE,
      CASE product WHEN 'AZ' THEN ${sql.text(key.products.AZ)} ELSE ${sql.text(key.products.PF)} END AS VACCINE_PRODUCT_CODE,
      CASE n WHEN 1 THEN '1324681000000101' ELSE '1324691000000104' END AS VACCINATION_PROCEDURE_CODE,
      NULL::VARCHAR AS VACCINATION_SITUATION_CODE, n::VARCHAR AS DOSE_SEQUENCE, 'FALSE' AS NOT_GIVEN,
      CASE WHEN care_home = 1 THEN '1' ELSE '9' END AS CARE_SETTING_TYPE_CODE, practice AS SITE_CODE
    FROM doses JOIN pop USING (i)
    UNION ALL SELECT nhs, strftime(dob, '%Y-%m-%d'), strftime(DATE ${sql.text(key.start)} + (20 + floor(u(i, 'declined day') * 80))::INTEGER, '%Y-%m-%d'),
      NULL, '1324681000000101', '1324721000000108', '1', 'TRUE', '9', practice
    FROM pop WHERE age >= 16 AND i NOT IN (SELECT i FROM dose) AND u(i, 'declined') < 0.02
    ORDER BY RECORDED_DATE, NHS_NUMBER, VACCINATION_PROCEDURE_CODE`)
}

/**
 * Event times by inverse of the cumulative hazard: a base rate by age and sex, multiplied in days 1 to 28 after the
 * first dose by the planted ratio of product and age group. The day of the dose itself is not exposed.
 */
async function makeOutcomes(db: Database, key: AnswerKey): Promise<void> {
  const selects = Object.entries(key.outcomes).map(([name, o]) => outcomeSql(name, o, key.afterExposure))
  await db.run(`CREATE TABLE outcome AS ${selects.join(" UNION ALL ")}`)
}

function outcomeSql(name: string, o: Outcome, after: number): string {
  const perDay = (o.perHundredThousandYears * o.inflation) / 100_000 / DAYS_A_YEAR
  const of = (product: "AZ" | "PF") =>
    `WHEN d.product = '${product}' THEN CASE WHEN years < 70 THEN ${o.hazardRatio[product].under70} ELSE ${o.hazardRatio[product].over70} END`
  const codes = sql.list(o.codes.map(sql.text))
  return `SELECT i, day, pick(i, 'code ${name}', [${codes}]) AS code FROM (
    SELECT i, death_day, CASE WHEN e < rate * opens THEN e / rate
      WHEN e < rate * (opens + 28 * ratio) THEN opens + (e - rate * opens) / (rate * ratio)
      ELSE opens + 28 + (e - rate * (opens + 28 * ratio)) / (rate * ${after}) END AS day
    FROM (SELECT p.i, death_day, coalesce(d.day + 1, 1e6) AS opens, CASE ${of("AZ")} ${of("PF")} ELSE 1 END AS ratio,
        ${perDay} * exp(${o.perDecade} * (years - 60) / 10 + ${o.male} * male) AS rate, -ln(u(p.i, 'event ${name}')) AS e
      FROM pop p LEFT JOIN dose d ON d.i = p.i WHERE p.age >= 18))
    WHERE day < ${FOLLOW_UP_DAYS} AND day <= death_day`
}

async function makeHospital(db: Database): Promise<void> {
  await db.run(`CREATE TABLE "hes apc" AS
    WITH past AS (
        SELECT i, (DATE '2016-01-01' + floor(u(i, 'past ' || s) * 1800)::INTEGER) AS first_day,
          pick(i, 'past code ' || s, ['I10X', 'E119', 'J449', 'N183', 'C509', 'K529', 'R074', 'M179', 'H269', 'K409', 'N390', 'J181']) AS code,
          CASE WHEN u(i, 'past method ' || s) < 0.6 THEN '11' ELSE '21' END AS method
        FROM pop, (SELECT unnest(['1', '2', '3']) AS s) WHERE u(i, 'past any ' || s) < 0.05 + 0.003 * age),
      now AS (SELECT i, (DATE '2020-12-08' + floor(day)::INTEGER) AS first_day, code, '21' AS method FROM outcome),
      every AS (SELECT *, u(i, 'stay ' || code || first_day) AS stay FROM (SELECT * FROM past UNION ALL SELECT * FROM now)),
      dated AS (SELECT e.*, nhs, dob, sex, practice, least(first_day + floor(-4 * ln(stay))::INTEGER, DATE '2021-03-30') AS last_day,
        year(first_day) - (month(first_day) < 4)::INTEGER AS fy FROM every e JOIN pop USING (i) WHERE first_day >= dob)
    SELECT 'E' || lpad((row_number() OVER (ORDER BY first_day, nhs, code))::VARCHAR, 10, '0') AS EPIKEY, nhs AS NHS_NUMBER,
      strftime(dob, '%Y-%m-%d') AS DATE_OF_BIRTH, lpad((fy % 100)::VARCHAR, 2, '0') || lpad(((fy + 1) % 100)::VARCHAR, 2, '0') AS FYEAR,
      strftime(first_day, '%Y-%m-%d') AS ADMIDATE, strftime(first_day, '%Y-%m-%d') AS EPISTART,
      strftime(last_day, '%Y-%m-%d') AS EPIEND, '1' AS EPIORDER, method AS ADMIMETH,
      CASE WHEN last_day = first_day AND method = '11' THEN '2' ELSE '1' END AS CLASSPAT,
      date_sub('year', dob, first_day)::VARCHAR AS STARTAGE_CALC, sex AS SEX, code AS DIAG_4_01,
      CASE WHEN stay < 0.6 THEN pick(i, 'second', ['I10X', 'E119', 'Z864', 'F329', 'J459']) END AS DIAG_4_02,
      CASE WHEN stay < 0.3 THEN pick(i, 'third', ['Z921', 'Z867', 'E780', 'N179']) END AS DIAG_4_03,
      concat_ws(',', DIAG_4_01, DIAG_4_02, DIAG_4_03) AS DIAG_4_CONCAT, pick(i, 'trust', ['RX1', 'RJ1', 'RM3', 'RTH', 'RGT']) AS PROCODE3
    FROM dated ORDER BY EPIKEY`)
}

async function makeDeaths(db: Database): Promise<void> {
  // three in a thousand are registered twice, as in the real register
  await db.run(`CREATE TABLE "ons deaths" AS
    WITH d AS (SELECT *, (DATE '2020-12-08' + floor(death_day)::INTEGER) AS died FROM pop WHERE death_day < ${FOLLOW_UP_DAYS}),
      twice AS (SELECT *, 0 AS again FROM d UNION ALL SELECT *, 1 FROM d WHERE u(i, 'registered twice') < 0.003)
    SELECT 'D' || lpad((row_number() OVER (ORDER BY died, nhs, again))::VARCHAR, 8, '0') AS REGISTRATION, nhs AS NHS_NUMBER,
      ${NAME_SQL.surname} AS SURNAME, ${NAME_SQL.forename} AS FORENAME, strftime(dob, '%Y%m%d') AS DATE_OF_BIRTH,
      ${NAME_SQL.postcode} AS POSTCODE, sex AS SEX, strftime(died + 1 + floor(u(i, 'registered') * 8)::INTEGER, '%Y%m%d') AS REG_DATE,
      strftime(died, '%Y%m%d') AS REG_DATE_OF_DEATH,
      pick(i, 'cause', ['I259', 'I219', 'C349', 'F03X', 'J449', 'I64X', 'J189', 'C509', 'C61X', 'U071']) AS S_UNDERLYING_COD_ICD10,
      pick(i, 'cause', ['I259', 'I219', 'C349', 'F03X', 'J449', 'I64X', 'J189', 'C509', 'C61X', 'U071']) AS S_COD_CODE_1,
      CASE WHEN u(i, 'mention') < 0.6 THEN pick(i, 'mention 2', ['I10X', 'E119', 'N189', 'J960', 'I489']) END AS S_COD_CODE_2
    FROM twice WHERE died + 9 <= DATE '${RECEIVED}' ORDER BY REGISTRATION`)
}

async function makeGeneralPractice(db: Database, key: AnswerKey): Promise<void> {
  const diseases = key.diseases.map(
    (d) => `(${sql.text(d.code)}, ${d.logit}, ${d.perDecade}, ${d.male}, ${d.deprivation}, ${d.smoker})`,
  )
  await db.run(`CREATE TABLE disease AS
    SELECT p.i, d.code FROM pop p, (VALUES ${diseases.join(", ")}) d(code, a, per_decade, m, dep, smk)
    WHERE p.age >= 16 AND u(p.i, 'disease ' || d.code) < 1 / (1 + exp(-(a + per_decade * (years - 50) / 10 + m * male + dep * (3 - imd) + smk * smoker::INTEGER)))`)
  await db.run(`CREATE TABLE "gdppr events" AS
    WITH coded AS (
        SELECT i, code, NULL::DOUBLE AS value, 4000 AS back FROM disease
        UNION ALL SELECT i, CASE WHEN smoker THEN '77176002' WHEN u(i, 'ex') < 0.3 THEN '8517006' ELSE '266919005' END, NULL, 1500 FROM pop WHERE age >= 16
        UNION ALL SELECT i, '60621009', round(18 + 14 * u(i, 'bmi') + 6 * u(i, 'bmi2') * u(i, 'bmi3'), 1), 900 FROM pop WHERE age >= 16 AND u(i, 'weighed') < 0.55
        UNION ALL SELECT i, '271649006', round(100 + 0.4 * years + 30 * u(i, 'sbp')), 700 FROM pop WHERE age >= 30 AND u(i, 'measured') < 0.6),
      dated AS (SELECT c.*, nhs, dob, practice, DATE '2020-12-07' - floor(u(i, 'coded ' || code) * least(back, (years - 0.1) * 365))::INTEGER AS day
        FROM coded c JOIN pop USING (i))
    SELECT nhs AS NHS_NUMBER, strftime(dob, '%Y-%m-%d') AS DATE_OF_BIRTH, practice AS PRACTICE, strftime(day, '%Y-%m-%d') AS DATE,
      strftime(day, '%Y-%m-%d') AS RECORD_DATE, code AS CODE, value::VARCHAR AS VALUE1_CONDITION FROM dated ORDER BY nhs, code`)
}

async function makeMedicines(db: Database, key: AnswerKey): Promise<void> {
  const medicines = key.medicines.map(
    (m) => `(${sql.text(m.disease)}, ${m.share}, ${sql.text(m.bnf)}, ${sql.text(m.dmd)}, ${m.quantity})`,
  )
  // one row in twenty has lost its person, as in the real table
  await db.run(`CREATE TABLE "primary_care meds" AS
    SELECT CASE WHEN known THEN nhs END AS NHS_NUMBER, CASE WHEN known THEN strftime(dob, '%Y-%m-%d') END AS DATE_OF_BIRTH,
      month AS ProcessingPeriodDate, bnf AS PrescribedBNFCode, dmd AS PrescribeddmdCode, quantity::VARCHAR AS PaidQuantity, practice AS CostCentreODSCode
    FROM (SELECT p.*, m.*, t.month, u(p.i, 'known ' || bnf || month) < 0.94 AS known
      FROM disease d JOIN (VALUES ${medicines.join(", ")}) m(code, share, bnf, dmd, quantity) USING (code) JOIN pop p USING (i),
        (SELECT unnest(['2020-09-01', '2020-10-01', '2020-11-01']) AS month) t
      WHERE u(p.i, 'treated ' || bnf) < share AND u(p.i, 'dispensed ' || bnf || month) < 0.9)
    ORDER BY ProcessingPeriodDate, bnf, nhs`)
}
