// Acknowledged appends a second to the access log, 64 in flight, against 64 connections that insert the
// same events as single rows and commit each. Both on one server that syncs, turn and turn about, so that
// what else the machine does falls on both alike.
import { Pool } from "pg"
import { parseArgs } from "node:util"
import type { AuditEvent } from "../src/contract/events.ts"
import { makeTestDatabase, type TestDatabase } from "../src/audit/testing.ts"
import { startPrivatePostgresql } from "./support/private-postgresql.ts"

const IN_FLIGHT = 64

interface Round {
  perSecond: number
  /** Milliseconds. */
  p50: number
  p99: number
}

interface Result {
  bench: string
  ratio: number
  ours: number
  baseline: number
  unit: string
  runs: number
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { runs: { type: "string", default: "5" }, seconds: { type: "string", default: "4" } },
  })
  const runs = positive("--runs", values.runs)
  const seconds = positive("--seconds", values.seconds)
  await using server = await startPrivatePostgresql()
  process.env["GLASSHOUSE_TEST_DATABASE_URL"] = server.url
  const db = await makeTestDatabase()
  try {
    print(await measure(db, runs, seconds))
  } finally {
    await db.close()
  }
  return 0
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} is a whole number above 0, not ${text}`)
  return value
}

async function measure(
  db: TestDatabase,
  runs: number,
  seconds: number,
): Promise<{ ours: Round[]; baseline: Round[] }> {
  await db.admin.query(
    "create table plain_event (id bigint generated always as identity primary key, event jsonb not null)",
  )
  await db.admin.query("grant insert on plain_event to glasshouse_app")
  await using audit = await db.open()
  const plain = new Pool({ ...db.app, max: IN_FLIGHT })
  const insert = async (event: AuditEvent): Promise<void> => {
    await plain.query({
      name: "plain",
      text: "insert into plain_event (event) values ($1)",
      values: [JSON.stringify(event)],
    })
  }
  const append = async (event: AuditEvent): Promise<void> => {
    await audit.append(event)
  }
  try {
    await run(append, 1)
    await run(insert, 1)
    const ours: Round[] = []
    const baseline: Round[] = []
    for (let i = 0; i < runs; i++) {
      ours.push(await run(append, seconds))
      // What our rows still owe (the search table) is paid before the other side's turn begins.
      await audit.projectNow()
      baseline.push(await run(insert, seconds))
    }
    return { ours, baseline }
  } finally {
    await plain.end()
  }
}

async function run(write: (event: AuditEvent) => Promise<void>, seconds: number): Promise<Round> {
  const times: number[] = []
  const start = performance.now()
  const end = start + seconds * 1000
  const worker = async (): Promise<void> => {
    for (let before = performance.now(); before < end;) {
      await write(makeEvent(times.length))
      const now = performance.now()
      times.push(now - before)
      before = now
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
  const perSecond = (times.length / (performance.now() - start)) * 1000
  times.sort((a, b) => a - b)
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0
  return { perSecond, p50: at(0.5), p99: at(0.99) }
}

/** About 0.9 kB as JSON: a read of one object by one run. */
function makeEvent(number: number): AuditEvent {
  return {
    code: "data.readIntended",
    time: new Date().toISOString(),
    outcome: "done",
    actor: { kind: "person", id: "k3qbaxw7m2vd" },
    session: "u5n2z7cwpq3x",
    project: "r4t6yhs2dmv7",
    workspace: "b7wq2x5nk3da",
    run: "m3c7zp2vxy6q",
    agreementVersion: 3,
    policy: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    request: "q7xw2m5k3bza",
    facts: {
      extract: "x2n7kq5wz3ab",
      object: "nafld_laboratory/part-0.parquet",
      sha256: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
      message: `message-${number}`,
      seconds: 60,
    },
    detail: { path: "s3://data/nafld_laboratory/part-0.parquet", note: "x".repeat(200) },
  }
}

function print({ ours, baseline }: { ours: Round[]; baseline: Round[] }): void {
  const line = (name: string, rounds: Round[]): string => {
    const of = (key: keyof Round): string =>
      median(rounds.map((round) => round[key])).toFixed(key === "perSecond" ? 0 : 1)
    const all = rounds.map((round) => round.perSecond.toFixed(0)).join(" ")
    return `${name.padEnd(46)}${of("perSecond").padStart(9)}${of("p50").padStart(9)}${of("p99").padStart(9)}   ${all}\n`
  }
  process.stdout.write(
    `${"64 in flight, medians".padEnd(46)}${"per s".padStart(9)}${"p50 ms".padStart(9)}${"p99 ms".padStart(9)}   runs\n`,
  )
  process.stdout.write(line("access log: append, sealed and in the tree", ours))
  process.stdout.write(line("single-row inserts, a commit each", baseline))
  const result: Result = {
    bench: "log-append",
    ratio: round(median(ours.map((r) => r.perSecond)) / median(baseline.map((r) => r.perSecond)), 2),
    ours: round(median(ours.map((r) => r.perSecond)), 0),
    baseline: round(median(baseline.map((r) => r.perSecond)), 0),
    unit: "appends/s",
    runs: ours.length,
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
