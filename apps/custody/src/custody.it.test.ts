// Custody's verbs on the real database: growth of a map, its end, reversals, and what a dump of the tables shows.
import assert from "node:assert/strict"
import { createHash, randomBytes } from "node:crypto"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { sql } from "kysely"
import { linkSubjects, lookupSubjects } from "./actions/link.ts"
import * as projects from "./actions/projects.ts"
import * as reversals from "./actions/reversals.ts"
import { makeKeys } from "./domain/keys.ts"
import type { LinkRequest } from "./protocol.ts"
import { migrate, openDatabase, type Db } from "./store/db.ts"

const keys = makeKeys(randomBytes(32))
let db: Db

function need(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: this test needs a test installation`)
  return value
}

function newId(): string {
  return Array.from(randomBytes(12), (b) => "abcdefghijklmnopqrstuvwxyz234567"[b & 31]).join("")
}

before(async () => {
  const secret = join(need("GLASSHOUSE_TEST_SECRETS"), "custody/database-custody-password")
  db = openDatabase({
    host: need("GLASSHOUSE_DATABASE_HOST"),
    port: Number(need("GLASSHOUSE_DATABASE_PORT")),
    database: "custody",
    user: "custody",
    password: (await readFile(secret, "utf8")).trim(),
  })
  await migrate(db)
})

after(() => db?.destroy())

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest().subarray(0, 16)
}

function linkRequest(submission: string, nhsNumbers: readonly string[]): LinkRequest {
  const pack = (of: (n: string) => Buffer) => Buffer.concat(nhsNumbers.map(of)).toString("base64")
  const none = pack(() => Buffer.alloc(16))
  return {
    dataSet: "nafld",
    submission,
    count: nhsNumbers.length,
    subjects: pack((n) => digest(`subject ${n}`)),
    nhsDob: pack((n) => digest(`nd ${n}`)),
    nhsDobSwapped: none,
    nhsName: none,
    nameDobPostcode: none,
  }
}

async function link(count: number): Promise<bigint[]> {
  const submission = newId()
  const numbers = Array.from({ length: count }, () => randomBytes(8).toString("hex"))
  const request = linkRequest(submission, numbers)
  await linkSubjects(db, keys, request)
  const { masters } = await lookupSubjects(db, keys, {
    dataSet: "nafld",
    submission,
    count,
    subjects: request.subjects,
  })
  const bytes = Buffer.from(masters, "base64")
  return numbers.map((_, i) => bytes.readBigInt64LE(i * 8))
}

function pack(masters: readonly bigint[]): string {
  const bytes = Buffer.alloc(masters.length * 8)
  masters.forEach((m, i) => bytes.writeBigInt64LE(m, i * 8))
  return bytes.toString("base64")
}

async function numbersOf(project: string, masters: readonly bigint[]): Promise<number[]> {
  const { personIds } = await projects.lookupPeople(db, project, {
    count: masters.length,
    masters: pack(masters),
  })
  const bytes = Buffer.from(personIds, "base64")
  return masters.map((_, i) => Number(bytes.readBigInt64LE(i * 8)))
}

async function give(project: string, masters: readonly bigint[]): Promise<void> {
  const extract = newId()
  await projects.offerPeople(db, keys, project, { extract, count: masters.length, masters: pack(masters) })
  await projects.assignPeople(db, project, extract)
}

test("two linkers that meet the same new people at once mint each of them once", async () => {
  const numbers = Array.from({ length: 200 }, () => randomBytes(8).toString("hex"))
  const answers = await Promise.all(
    [1, 2, 3, 4].map(() => linkSubjects(db, keys, linkRequest(newId(), numbers))),
  )
  assert.equal(
    answers.reduce((sum, a) => sum + a.minted, 0),
    200,
  )
  assert.equal(new Set(answers.map((a) => a.references)).size, 1)
})

test("linking the same submission again changes nothing and answers the same", async () => {
  const request = linkRequest(
    newId(),
    ["a", "b", "c"].map((x) => x + newId()),
  )
  const first = await linkSubjects(db, keys, request)
  const again = await linkSubjects(db, keys, request)
  assert.deepEqual({ ...again, minted: first.minted }, first)
  assert.equal(again.minted, 0)
})

test("masters are far above every person id, and unlinked subjects have none", async () => {
  for (const master of await link(50)) assert.ok(master >= 1n << 62n)
  const request = linkRequest(newId(), [newId()])
  await linkSubjects(db, keys, request)
  const strange = digest("stranger").toString("base64")
  const { masters } = await lookupSubjects(db, keys, { ...request, subjects: strange })
  assert.equal(Buffer.from(masters, "base64").readBigInt64LE(), 0n)
  await assert.rejects(lookupSubjects(db, keys, { ...request, submission: newId() }), {
    code: "submission_unknown",
  })
})

test("a map only grows: numbers stay, new people come after, in an order that says nothing", async () => {
  const project = newId()
  const first = await link(60)
  await give(project, first)
  const before = await numbersOf(project, first)
  const range = await projects.findRange(db, project)
  assert.deepEqual(
    before.toSorted((a, b) => a - b),
    Array.from({ length: 60 }, (_, i) => range.from + 1 + i),
  )
  assert.notDeepEqual(
    before,
    before.toSorted((a, b) => a - b),
    "not the order of arrival",
  )
  const more = await link(40)
  await give(project, [...more, ...first])
  assert.deepEqual(await numbersOf(project, first), before)
  const after = await numbersOf(project, more)
  assert.ok(after.every((n) => n > range.from + 60 && n <= range.from + 100))
  assert.deepEqual(await numbersOf(newId(), []).catch((e: { code: string }) => e.code), "project_unknown")
})

test("two extracts of one project at once give every person one number", async () => {
  const project = newId()
  const people = await link(80)
  await projects.openProject(db, project)
  await Promise.all([
    give(project, people),
    give(project, people.slice(20)),
    give(project, people.slice(0, 50)),
  ])
  assert.equal(new Set(await numbersOf(project, people)).size, 80)
})

test("a person whom custody never minted cannot be given a number", async () => {
  const offer = projects.offerPeople(db, keys, newId(), {
    extract: newId(),
    count: 1,
    masters: pack([1n << 62n]),
  })
  await assert.rejects(offer, { code: "master_unknown" })
})

test("a destroyed map is gone for good: key, numbers and the chance to make them again", async () => {
  const project = newId()
  const people = await link(10)
  await give(project, people)
  const range = await projects.findRange(db, project)
  const gone = await projects.destroyProjectMap(db, project)
  assert.equal(gone.people, 10)
  assert.deepEqual(await projects.destroyProjectMap(db, project), {
    people: 0,
    destroyedAt: gone.destroyedAt,
  })
  await assert.rejects(numbersOf(project, people), { code: "map_destroyed" })
  await assert.rejects(give(project, people), { code: "map_destroyed" })
  await assert.rejects(projects.openProject(db, project), { code: "map_destroyed" })
  assert.deepEqual(await projects.findRange(db, project), range, "a stray number can still be told")
  const left = await sql<{
    n: string
  }>`select count(*) as n from project_person p join project j using (number) where j.project = ${project}`.execute(
    db,
  )
  assert.equal(Number(left.rows[0]?.n), 0)
})

test("a reversal needs two other people, opens once, and only for this project's numbers", async () => {
  const project = newId()
  const other = newId()
  const [one] = await link(1)
  assert.ok(one)
  await give(project, [one])
  await give(other, [one])
  const [personId] = await numbersOf(project, [one])
  const [foreign] = await numbersOf(other, [one])
  const [asker, a, b] = [newId(), newId(), newId()]
  const ask = (id: number) =>
    reversals.requestReversal(db, { project, personId: id, reason: "recontact", person: asker })
  await assert.rejects(ask(foreign ?? 0), { code: "foreign_person_id" })
  await assert.rejects(ask(12), { code: "person_id_invalid" })
  const reversal = await ask(personId ?? 0)
  await assert.rejects(reversals.approveReversal(db, reversal, asker), { code: "own_reversal" })
  assert.equal(await reversals.approveReversal(db, reversal, a), 1)
  assert.equal(await reversals.approveReversal(db, reversal, a), 1, "one person counts once")
  await assert.rejects(reversals.openReversal(db, reversal), { code: "approvals_missing" })
  assert.equal(await reversals.approveReversal(db, reversal, b), 2)
  const opened = await Promise.allSettled([1, 2, 3].map(() => reversals.openReversal(db, reversal)))
  const good = opened.filter((o) => o.status === "fulfilled")
  assert.equal(good.length, 1)
  assert.match(good[0]?.value ?? "", /^[0-9a-f]{32}$/)
  await assert.rejects(reversals.approveReversal(db, reversal, newId()), { code: "reversal_opened" })
})

test("the journal cannot be changed, and counts what was asked", async () => {
  const project = newId()
  await projects.openProject(db, project)
  const rows = await db.selectFrom("journal").selectAll().where("subject", "=", project).execute()
  assert.deepEqual(
    rows.map((r) => [r.caller, r.verb]),
    [["control", "project.open"]],
  )
  for (const statement of ["update journal set count = 0", "delete from journal", "truncate journal"]) {
    await assert.rejects(sql.raw(statement).execute(db), /append-only/)
  }
})

test("no table holds a digest as it was sent, let alone an identifier", async () => {
  const number = `9990000018${newId()}`
  await linkSubjects(db, keys, linkRequest(newId(), [number]))
  const tables = await sql<{
    name: string
  }>`select table_name as name from information_schema.tables where table_schema = 'public'`.execute(db)
  assert.ok(tables.rows.length >= 10)
  for (const { name } of tables.rows) {
    for (const needle of [
      number,
      digest(`subject ${number}`).toString("hex"),
      digest(`nd ${number}`).toString("hex"),
    ]) {
      const found = await sql<{
        n: string
      }>`select count(*) as n from ${sql.table(name)} t where strpos(t::text, ${needle}) > 0`.execute(db)
      assert.equal(Number(found.rows[0]?.n), 0, name)
    }
  }
})
