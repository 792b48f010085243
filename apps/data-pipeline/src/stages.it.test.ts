// All stages end to end as processes, on the real store, database and custody.
import assert from "node:assert/strict"
import { readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, describe, test } from "node:test"
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { request, Agent } from "undici"
import type { ExtractManifest, LinkResult, Stage, ValidateResult } from "./contract.ts"
import { identifiersOf, loadDataSet } from "./data-set.ts"
import type { DeidentifyResult } from "./stages/deidentify.ts"
import type { ExtractResult } from "./stages/extract.ts"
import type { LandResult } from "./stages/land.ts"
import type { SnapshotResult } from "./stages/snapshot.ts"
import { NAFLD_DEFECTS } from "./demo/nafld.ts"
import { newId, startStack, storeAs, type TestStack } from "./testing-stack.ts"

const CONTRACTS = join(import.meta.dirname, "../../../policies/data")
const NATIONAL = ["demographics", "vaccine", "hes", "ons", "primary_care", "gdppr"] as const
const AGREEMENT = { id: newId(), version: 1, sha256: "a".repeat(64) }

type Through = {
  submission: string
  validated: ValidateResult
  linked: LinkResult
  deidentified: DeidentifyResult
  snapshot: SnapshotResult
}

let stack: TestStack
let sql: DuckDBConnection
const landed: Record<string, LandResult> = {}
const through: Record<string, Through> = {}
const projects = { liver: newId(), clots: newId() }
const extracts: Record<string, ExtractResult> = {}

async function takeThrough(dataSet: string, submission: string): Promise<Through> {
  const validated = await stack.stage<ValidateResult>("validate", { dataSet, submission })
  const linked = await stack.stage<LinkResult>("link", { dataSet, submission })
  const snapshotId = newId()
  const deidentified = await stack.stage<DeidentifyResult>("deidentify", {
    dataSet,
    snapshot: snapshotId,
    submissions: [submission],
  })
  const snapshot = await stack.stage<SnapshotResult>("snapshot", {
    dataSet,
    snapshot: snapshotId,
    previous: null,
  })
  return { submission, validated, linked, deidentified, snapshot }
}

function snapshotOf(dataSet: string): string {
  const found = through[dataSet]
  assert.ok(found, dataSet)
  return found.snapshot.manifest.snapshot
}

function clotsParams(extract: string, people = snapshotOf("demographics")) {
  const table = (dataSet: string, name: string, more: object = {}) => ({
    dataSet,
    snapshot: snapshotOf(dataSet),
    table: name,
    ...more,
  })
  const adults = { column: "YEAR_OF_BIRTH", op: "le", value: 2002 }
  return {
    project: projects.clots,
    extract,
    agreement: AGREEMENT,
    cohort: { dataSet: "demographics", snapshot: people, table: "people", where: adults },
    dates: { from: "2020-09-01", to: "2021-03-18" },
    tables: [
      { ...table("demographics", "people"), snapshot: people },
      table("vaccine", "status", {
        columns: ["RECORDED_DATE", "VACCINE_PRODUCT_CODE", "DOSE_SEQUENCE", "link_method"],
        where: { column: "NOT_GIVEN", op: "eq", value: "FALSE" },
      }),
      table("hes", "apc"),
      table("ons", "deaths"),
      table("primary_care", "meds"),
      table("gdppr", "events"),
    ],
  }
}

function liverParams(extract: string, project = projects.liver) {
  const tables = ["nafld1", "nafld2", "nafld3"].map((t) => ({
    dataSet: "nafld",
    snapshot: snapshotOf("nafld"),
    table: t,
  }))
  return { project, extract, agreement: AGREEMENT, tables }
}

/** A register of the same form as the published one, small. */
async function writeRegister(directory: string): Promise<void> {
  const people = Array.from({ length: 1000 }, (_, i) => i + 1)
  const one = people.map(
    (i) =>
      `${i},${20 + (i % 75)},${i % 2},${60 + (i % 40)},,${(20 + (i % 200) / 10).toFixed(1)},${i - ((i - 1) % 4)},${1000 + i},${i % 9 === 0 ? 1 : 0}`,
  )
  const two = people.flatMap((i) =>
    ["hdl", "chol"].map((t, k) => `${i},${(i * 13) % 4000},${t},${40 + ((i * 7 + k) % 60)}`),
  )
  const three = people
    .filter((i) => i % 2 === 0)
    .map((i) => `${i},${(i * 17) % 3000},${i % 3 === 0 ? "htn" : "ang/isc"}`)
  const write = (name: string, header: string, rows: string[]) =>
    writeFile(join(directory, `${name}.csv`), [header, ...rows, ""].join("\n"))
  await write("nafld1", "id,age,male,weight,height,bmi,case.id,futime,status", one)
  await write("nafld2", "id,days,test,value", two)
  await write("nafld3", "id,days,event", three)
}

async function fetchObject(user: string, bucket: string, key: string, name: string): Promise<string> {
  const path = join(stack.directory, name)
  await (await storeAs(user)).fGetObject(bucket, key, path)
  return path
}

async function rows(statement: string): Promise<Record<string, unknown>[]> {
  return (await sql.runAndReadAll(statement)).getRowObjects()
}

before(async () => {
  stack = await startStack()
  sql = await (await DuckDBInstance.create()).connect()
  await writeRegister(stack.demoData)
  const nafld = newId()
  landed.nafld = await stack.stage<LandResult>("land", {
    generator: "nafld",
    seed: 11,
    submissions: [{ dataSet: "nafld", submission: nafld }],
  })
  through.nafld = await takeThrough("nafld", nafld)
  const submissions = NATIONAL.map((dataSet) => ({ dataSet, submission: newId() }))
  landed.national = await stack.stage<LandResult>("land", {
    generator: "national",
    seed: 11,
    people: 30_000,
    submissions,
  })
  for (const s of submissions) through[s.dataSet] = await takeThrough(s.dataSet, s.submission)
  extracts.liver = await stack.stage<ExtractResult>("extract", liverParams(newId()))
  extracts.clots = await stack.stage<ExtractResult>("extract", clotsParams(newId()))
})

after(async () => {
  sql?.closeSync()
  await stack?.[Symbol.asyncDispose]()
})

describe("what the stages do to the data", () => {
  test("every planted defect is found, none more, and exactly the real rows are left", () => {
    const planted: Record<string, Record<string, number>> = {
      nafld: { ...NAFLD_DEFECTS },
      ...landed.national?.planted,
    }
    for (const [dataSet, { validated }] of Object.entries(through)) {
      assert.equal(validated.verdict, "accepted")
      const found: Record<string, number> = {}
      for (const r of validated.rules) found[r.rule] = (found[r.rule] ?? 0) + r.count
      assert.deepEqual(found, planted[dataSet], dataSet)
    }
    assert.deepEqual(
      through.nafld?.validated.tables.map((t) => t.accepted),
      [1000, 2000, 500],
    )
    assert.equal(through.demographics?.validated.tables[0]?.accepted, 30_000)
  })

  test("a report names file, row, column and rule, and holds no value", () => {
    const text = JSON.stringify(
      Object.values(through).map((t) => [t.validated, t.linked, t.deidentified, t.snapshot]),
    )
    assert.doesNotMatch(text, /999\d{7}/)
    assert.ok(through.nafld?.validated.findings.every((f) => f.row !== null && f.row > 0))
  })

  test("people are found through corrupted identifiers by the method that fits", () => {
    const expected = landed.national?.links ?? {}
    const ons = through.ons?.linked.methods ?? {}
    for (const [method, count] of Object.entries(expected.ons ?? {}))
      assert.equal(ons[method] ?? 0, count, method)
    assert.ok((expected.vaccine?.["nhs-dob-swapped"] ?? 0) > 0)
    assert.ok((through.vaccine?.linked.methods["nhs-dob-swapped"] ?? 0) > 0)
    for (const dataSet of ["vaccine", "ons", "primary_care"])
      assert.equal(through[dataSet]?.linked.minted, 0, dataSet)
    assert.equal(through.demographics?.linked.minted, 30_000)
    assert.equal(through.nafld?.linked.people, 1000)
  })

  test("no row is lost or doubled between the zones", () => {
    for (const [dataSet, t] of Object.entries(through)) {
      const accepted = t.validated.tables.map((x) => [x.table, x.accepted])
      assert.deepEqual(
        t.deidentified.tables.map((x) => [x.table, x.rows]),
        accepted,
        dataSet,
      )
      assert.deepEqual(
        t.snapshot.manifest.tables.map((x) => [x.table, x.rows]),
        accepted,
        dataSet,
      )
    }
  })

  test("an extract holds the agreement's columns, rows, dates and people, and nothing else", async () => {
    const manifest = extracts.clots?.manifest as ExtractManifest
    const of = (name: string) => manifest.tables.find((t) => t.name === name)
    assert.deepEqual(
      of("vaccine_status")?.columns.map((c) => c.name),
      ["person_id", "RECORDED_DATE", "VACCINE_PRODUCT_CODE", "DOSE_SEQUENCE", "link_method"],
    )
    const people = await fetchObject(
      "gateway",
      "project",
      of("demographics_people")?.objects[0]?.path ?? "",
      "people.parquet",
    )
    const doses = await fetchObject(
      "gateway",
      "project",
      of("vaccine_status")?.objects[0]?.path ?? "",
      "doses.parquet",
    )
    const [row] = await rows(
      `SELECT count(*)::INTEGER AS n, count(DISTINCT person_id)::INTEGER AS people, max(YEAR_OF_BIRTH)::INTEGER AS youngest FROM '${people}'`,
    )
    assert.equal(row?.n, row?.people)
    assert.equal(row?.youngest, 2002)
    assert.equal(manifest.people, row?.people)
    const [foreign] =
      await rows(`SELECT count(*)::INTEGER AS n FROM '${doses}' WHERE person_id IS NULL OR person_id NOT IN (SELECT person_id FROM '${people}')
      OR RECORDED_DATE > DATE '2021-03-18' OR VACCINE_PRODUCT_CODE IS NULL`)
    assert.equal(foreign?.n, 0)
    const described = await rows(`DESCRIBE SELECT * FROM '${doses}'`)
    assert.deepEqual(
      described.map((d) => d.column_name),
      ["person_id", "RECORDED_DATE", "VACCINE_PRODUCT_CODE", "DOSE_SEQUENCE", "link_method"],
    )
    assert.equal(described[0]?.column_type, "BIGINT")
  })

  test("a matched person is named by this project's number", async () => {
    const path = extracts.liver?.manifest.tables[0]?.objects[0]?.path ?? ""
    const file = await fetchObject("gateway", "project", path, "nafld1.parquet")
    const [row] =
      await rows(`SELECT count(case_person_id)::INTEGER AS named, count(*) FILTER (case_person_id = person_id)::INTEGER AS selves,
      count(*) FILTER (case_person_id NOT IN (SELECT person_id FROM '${file}'))::INTEGER AS strangers, max(age)::INTEGER AS oldest FROM '${file}'`)
    assert.deepEqual(row, { named: 1000, selves: 250, strangers: 0, oldest: 90 })
  })
})

describe("immutability and repetition", () => {
  test("the same agreement and snapshots give the same bytes and the same numbers", async () => {
    const again = await stack.stage<ExtractResult>("extract", clotsParams(newId()))
    assert.equal(again.manifest.contentSha256, extracts.clots?.manifest.contentSha256)
  })

  test("another project gets other numbers of the same people", async () => {
    const other = await stack.stage<ExtractResult>("extract", liverParams(newId(), newId()))
    const mine = await fetchObject(
      "gateway",
      "project",
      extracts.liver?.manifest.tables[0]?.objects[0]?.path ?? "",
      "a.parquet",
    )
    const theirs = await fetchObject(
      "gateway",
      "project",
      other.manifest.tables[0]?.objects[0]?.path ?? "",
      "b.parquet",
    )
    const [row] =
      await rows(`SELECT (SELECT count(*) FROM '${mine}' WHERE person_id IN (SELECT person_id FROM '${theirs}'))::INTEGER AS shared,
      (SELECT list(futime ORDER BY person_id) FROM '${mine}') = (SELECT list(futime ORDER BY person_id) FROM '${theirs}') AS same_order`)
    assert.deepEqual(row, { shared: 0, same_order: false })
  })

  test("a stage that is run again answers the same; a finished snapshot stays as it is", async () => {
    const { submission, validated, linked, snapshot } = through.nafld as Through
    assert.deepEqual(await stack.stage("validate", { dataSet: "nafld", submission }), validated)
    const relinked = await stack.stage<LinkResult>("link", { dataSet: "nafld", submission })
    assert.deepEqual({ ...relinked, minted: linked.minted }, linked)
    const again = await stack.stage<SnapshotResult>("snapshot", {
      dataSet: "nafld",
      snapshot: snapshot.manifest.snapshot,
      previous: null,
    })
    assert.equal(again.manifestSha256, snapshot.manifestSha256)
    const other = await stack.end("snapshot", {
      dataSet: "nafld",
      snapshot: snapshot.manifest.snapshot,
      previous: snapshot.manifest.snapshot,
    })
    assert.equal((other.lines.at(-1)?.error as { code: string } | undefined)?.code, "snapshot_exists")
  })

  test("a refresh with more people changes no number that was given", async () => {
    const [s] = [{ dataSet: "demographics", submission: newId() }]
    await stack.stage("land", { generator: "national", seed: 11, people: 36_000, submissions: [s] })
    await stack.stage("validate", s)
    const linked = await stack.stage<LinkResult>("link", s)
    assert.equal(linked.minted, 6000)
    const id = newId()
    await stack.stage("deidentify", { dataSet: "demographics", snapshot: id, submissions: [s.submission] })
    const snapshot = await stack.stage<SnapshotResult>("snapshot", {
      dataSet: "demographics",
      snapshot: id,
      previous: snapshotOf("demographics"),
    })
    assert.deepEqual(snapshot.manifest.drift, [])
    const refreshed = await stack.stage<ExtractResult>("extract", clotsParams(newId(), id))
    assert.ok(refreshed.manifest.people > (extracts.clots?.manifest.people ?? 0))
    const old = await fetchObject(
      "gateway",
      "project",
      extracts.clots?.manifest.tables[0]?.objects[0]?.path ?? "",
      "old.parquet",
    )
    const now = await fetchObject(
      "gateway",
      "project",
      refreshed.manifest.tables[0]?.objects[0]?.path ?? "",
      "now.parquet",
    )
    const [row] = await rows(
      `SELECT (SELECT count(*) FROM (SELECT * EXCLUDE link_method FROM '${old}' EXCEPT SELECT * EXCLUDE link_method FROM '${now}'))::INTEGER AS lost`,
    )
    assert.equal(row?.lost, 0)
    // and the other way round: back to fewer people is seen
    const back = newId()
    await stack.stage("deidentify", {
      dataSet: "demographics",
      snapshot: back,
      submissions: [through.demographics?.submission],
    })
    const fewer = await stack.stage<SnapshotResult>("snapshot", {
      dataSet: "demographics",
      snapshot: back,
      previous: id,
    })
    assert.deepEqual(
      fewer.manifest.drift.map((d) => d.alarm),
      ["rows-dropped", "people-dropped"],
    )
  })
})

describe("what a workspace can reach", () => {
  test("no identifier that was landed is in any object of a project", async () => {
    await sql.run("CREATE TABLE identifier (v VARCHAR)")
    for (const land of [landed.nafld, landed.national]) {
      for (const { dataSet, files } of land?.submissions ?? []) {
        for (const file of files) {
          const table = loadDataSet(CONTRACTS, dataSet).dataSet.tables.find((t) => t.name === file.table)
          assert.ok(table)
          const path = await fetchObject("stage-validate", "landed", file.path, "landed.csv")
          const { sex: _, ...identifiers } = identifiersOf(table)
          const dropped = table.fields
            .filter((f) => f.domain === "ods" || /KEY|REGISTRATION/.test(f.name))
            .map((f) => f.name)
          for (const column of [...Object.values(identifiers), ...dropped]) {
            await sql.run(
              `INSERT INTO identifier SELECT DISTINCT "${column}" FROM read_csv('${path}', all_varchar = true, header = true) WHERE "${column}" IS NOT NULL`,
            )
          }
        }
      }
    }
    const [known] = await rows("SELECT count(DISTINCT v)::INTEGER AS n FROM identifier")
    assert.ok(Number(known?.n) > 40_000)
    let searched = 0
    for (const { manifest } of Object.values(extracts)) {
      for (const table of manifest.tables) {
        for (const object of table.objects) {
          const file = await fetchObject("gateway", "project", object.path, "search.parquet")
          const columns = await rows(`DESCRIBE SELECT * FROM '${file}'`)
          for (const { column_name: column, column_type: type } of columns) {
            const text = `"${String(column)}"::VARCHAR`
            const [hit] = await rows(
              `SELECT count(*)::INTEGER AS n FROM '${file}' WHERE regexp_matches(${text}, '(^|[^0-9])999[0-9]{7}($|[^0-9])')`,
            )
            assert.equal(hit?.n, 0, `an NHS number in ${table.name}.${String(column)}`)
            // values that the contract lists are coded words (an ethnic group may be called like a family)
            if (type !== "VARCHAR" || table.columns.find((c) => c.name === column)?.values) continue
            const [match] = await rows(
              `SELECT count(*)::INTEGER AS n FROM '${file}' WHERE "${String(column)}" IN (SELECT v FROM identifier)`,
            )
            assert.equal(match?.n, 0, `an identifier in ${table.name}.${String(column)}`)
          }
          searched++
        }
      }
      // What the gateway tells of an extract comes from its manifest.
      const { manifestPath } = Object.values(extracts).find((e) => e.manifest === manifest) ?? {}
      const told = await fetchObject("gateway", "project", manifestPath ?? "", "manifest.json")
      assert.doesNotMatch(await readFile(told, "utf8"), /(^|[^0-9])999[0-9]{7}($|[^0-9])/)
    }
    // Every table of both demonstration projects: nothing that a workspace reaches is left out.
    const demo = JSON.parse(await readFile(join(CONTRACTS, "../demo/projects.json"), "utf8")) as {
      projects: { agreement: { dataSets: { dataSet: string; tables: { table: string }[] }[] } }[]
    }
    const agreed = demo.projects.flatMap((p) =>
      p.agreement.dataSets.flatMap((d) => d.tables.map((t) => `${d.dataSet}_${t.table}`)),
    )
    const extracted = Object.values(extracts).flatMap((e) => e.manifest.tables.map((t) => t.name))
    assert.deepEqual(extracted.toSorted(), agreed.toSorted())
    assert.equal(searched, agreed.length)
  })

  test("every person number is in the project's own range; no other project's and no master is anywhere", async () => {
    const dispatcher = new Agent({ connect: { socketPath: stack.socket } })
    const token = await stack.token("control")
    const range = async (project: string) => {
      const answer = await request(`http://custody/v1/projects/${project}/range`, {
        dispatcher,
        headers: { authorization: `Bearer ${token}` },
      })
      assert.equal(answer.statusCode, 200)
      return (await answer.body.json()) as { from: number; to: number }
    }
    for (const [name, { manifest }] of Object.entries(extracts)) {
      const own = await range(name === "liver" ? projects.liver : projects.clots)
      const other = await range(name === "liver" ? projects.clots : projects.liver)
      for (const table of manifest.tables) {
        const file = await fetchObject("gateway", "project", table.objects[0]?.path ?? "", "range.parquet")
        const integers = (await rows(`DESCRIBE SELECT * FROM '${file}'`)).filter(
          (c) => c.column_type === "BIGINT",
        )
        assert.ok(integers.some((c) => c.column_name === "person_id"))
        for (const { column_name: column } of integers) {
          const c = `"${String(column)}"`
          const [row] =
            await rows(`SELECT count(*) FILTER (${c} BETWEEN ${other.from} AND ${other.to})::INTEGER AS foreign, count(*) FILTER (${c} >= 4503599627370496)::INTEGER AS masters,
            count(*) FILTER (${c} NOT BETWEEN ${own.from + 1} AND ${own.to})::INTEGER AS outside FROM '${file}'`)
          assert.equal(row?.foreign, 0)
          assert.equal(row?.masters, 0)
          if (String(column).endsWith("person_id"))
            assert.equal(row?.outside, 0, `${table.name}.${String(column)}`)
        }
      }
    }
    await dispatcher.close()
  })
})

describe("failures", () => {
  const code = (end: { lines: Record<string, unknown>[] }) =>
    (end.lines.at(-1)?.error as { code: string } | undefined)?.code

  test("wrong parameters are refused with a code and without their text", async () => {
    const bad: [Stage, unknown][] = [
      ["validate", "{ no json 9990000018"],
      ["validate", { dataSet: "../nafld", submission: newId() }],
      ["validate", { dataSet: "nafld", submission: "9990000018" }],
      ["extract", { ...liverParams(newId()), sql: "9990000018" }],
      [
        "extract",
        {
          ...liverParams(newId()),
          tables: [{ dataSet: "nafld", snapshot: newId(), table: "nafld1", where: { sql: "9990000018" } }],
        },
      ],
    ]
    for (const [stage, params] of bad) {
      const end = await stack.end(stage, params)
      assert.equal(end.code, 1)
      assert.equal(code(end), "params_invalid")
      assert.ok(!JSON.stringify(end).includes("9990000018"))
    }
  })

  test("an unknown submission, an unpublished column and a missing snapshot say so", async () => {
    assert.equal(
      code(await stack.end("validate", { dataSet: "nafld", submission: newId() })),
      "object_missing",
    )
    const refused = {
      ...liverParams(newId()),
      tables: [{ dataSet: "nafld", snapshot: snapshotOf("nafld"), table: "nafld1", columns: ["nhs_number"] }],
    }
    assert.equal(code(await stack.end("extract", refused)), "extract_refused")
    const missing = {
      ...liverParams(newId()),
      tables: [{ dataSet: "nafld", snapshot: newId(), table: "nafld1" }],
    }
    assert.equal(code(await stack.end("extract", missing)), "object_missing")
  })

  test("an object that is not what its manifest says stops the next stage", async () => {
    const submission = newId()
    await stack.stage("land", {
      generator: "nafld",
      seed: 12,
      submissions: [{ dataSet: "nafld", submission }],
    })
    const store = await storeAs("stage-land")
    await store.putObject(
      "landed",
      `nafld/${submission}/nafld2.csv`,
      Buffer.from("id,days,test,value\n1,1,hdl,1\n"),
    )
    assert.equal(code(await stack.end("validate", { dataSet: "nafld", submission })), "object_changed")
  })

  test("a stage with another stage's credentials gets nowhere", async () => {
    const { submission } = through.nafld as Through
    const env = { GLASSHOUSE_SECRETS_DIR: join(stack.directory, "mixed") }
    const { cp, mkdir } = await import("node:fs/promises")
    await mkdir(env.GLASSHOUSE_SECRETS_DIR)
    await cp(
      join(stack.directory, "extract/custody-extract-token"),
      join(env.GLASSHOUSE_SECRETS_DIR, "custody-link-token"),
    )
    await cp(
      join(stack.directory, "link/store-stage-link-key"),
      join(env.GLASSHOUSE_SECRETS_DIR, "store-stage-link-key"),
    )
    assert.equal(
      code(await stack.end("link", { dataSet: "nafld", submission }, env)),
      "custody_verb_not_allowed",
    )
    await cp(
      join(stack.directory, "extract/store-stage-extract-key"),
      join(env.GLASSHOUSE_SECRETS_DIR, "store-stage-link-key"),
    )
    assert.equal(code(await stack.end("link", { dataSet: "nafld", submission }, env)), "store_denied")
  })

  test("without custody the stage ends with a code; with it again the same job succeeds", async () => {
    const { submission, linked } = through.nafld as Through
    await stack.killCustody()
    assert.equal(code(await stack.end("link", { dataSet: "nafld", submission })), "custody_unavailable")
    assert.deepEqual(await readdir(stack.scratch), [])
    await stack.startCustody()
    assert.equal(
      (await stack.stage<LinkResult>("link", { dataSet: "nafld", submission })).people,
      linked.people,
    )
  })
})
