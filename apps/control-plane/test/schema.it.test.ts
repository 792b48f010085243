// The migrated schema is the one that is checked in, rights included; and each role can do what it is for and
// nothing else. After a migration: GLASSHOUSE_WRITE_SCHEMA=1 with this test writes the file anew.
import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { Client } from "pg"
import { prepareJobs } from "../src/drivers/jobs.ts"
import { asAdmin, makeDatabase } from "./stack.ts"

const FILE = join(import.meta.dirname, "../src/store/schema.txt")
const LOG_TABLES = [
  "log",
  "log_head",
  "log_batch",
  "log_event",
  "log_tile",
  "log_key",
  "checkpoint",
  "cosignature",
  "audit_outbox",
  "audit_sequenced",
  "audit_event",
  "audit_projection",
]

const url = process.env["GLASSHOUSE_TEST_DATABASE_URL"] ?? ""
const name = `schema_${randomBytes(6).toString("hex")}`
let client: Client
before(async () => {
  const own = await makeDatabase(url, name)
  // At every start, so twice is as good as once.
  for (let start = 0; start < 2; start++)
    await prepareJobs({ connectionString: own, options: "-c role=glasshouse_owner" }, "Europe/London")
  client = new Client({ connectionString: own })
  await client.connect()
})
after(async () => {
  await client.end()
  await asAdmin(url, (admin) => admin.query(`drop database ${name} with (force)`))
})

async function lines(sql: string): Promise<string[]> {
  return (await client.query<{ line: string }>(sql)).rows.map((r) => r.line)
}

async function describeSchema(): Promise<string> {
  const parts = [
    `select format('column %s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
        case when a.attnotnull then ' not null' else '' end,
        coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')) as line
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v') order by c.relname, a.attname`,
    `select format('table %s %s owner %s', relname,
        case relpersistence when 'u' then 'unlogged' else 'logged' end, pg_get_userbyid(relowner)) as line
      from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') order by relname`,
    `select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as line
      from pg_constraint where connamespace = 'public'::regnamespace and conrelid <> 0
      order by conrelid::regclass::text, conname`,
    `select indexdef as line from pg_indexes where schemaname = 'public' order by indexname`,
    `select format('sequence %s', relname) as line from pg_class
      where relnamespace = 'public'::regnamespace and relkind = 'S' order by relname`,
    `select format('domain %s %s', typname, pg_get_constraintdef(c.oid)) as line from pg_type t
      join pg_constraint c on c.contypid = t.oid where typnamespace = 'public'::regnamespace order by typname`,
    `select format('right %s on %s: %s', grantee, table_name, string_agg(lower(privilege_type), ', ' order by privilege_type)) as line
      from information_schema.role_table_grants
      where table_schema = 'public' and grantee <> 'glasshouse_owner' group by grantee, table_name order by 1`,
    `select format('right %s on %s(%s): %s', grantee, table_name, column_name, lower(privilege_type)) as line
      from information_schema.role_column_grants g
      where table_schema = 'public' and grantee <> 'glasshouse_owner' and not exists (
        select 1 from information_schema.role_table_grants t where t.table_schema = g.table_schema
          and t.table_name = g.table_name and t.grantee = g.grantee and t.privilege_type = g.privilege_type)
      order by 1`,
    `select format('right %s on sequence %s: %s', r, c.relname, p) as line
      from pg_class c, unnest(array['glasshouse_app', 'glasshouse_reader']) r, unnest(array['usage', 'update']) p
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'S' and has_sequence_privilege(r, c.oid, p)
      order by 1`,
  ]
  const all: string[] = []
  for (const part of parts) all.push(...(await lines(part)))
  return `${all.join("\n")}\n`
}

test("the migrated schema is the one that is checked in", async () => {
  const schema = await describeSchema()
  if (process.env["GLASSHOUSE_WRITE_SCHEMA"] === "1") writeFileSync(FILE, schema)
  assert.deepEqual(schema.split("\n"), readFileSync(FILE, "utf8").split("\n"))
})

async function attempt(role: string, sql: string): Promise<string> {
  await client.query("begin")
  try {
    await client.query(`set local role ${role}`)
    await client.query(sql)
    return "done"
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  } finally {
    await client.query("rollback")
  }
}

const DENIED = "42501"

/** Tables of public and jobs on which a role holds a right, on the whole or on a column. */
function withRight(role: string, right: string): Promise<string[]> {
  const holds = ["delete", "truncate"].includes(right) ? "has_table_privilege" : "has_any_column_privilege"
  return lines(
    `select c.oid::regclass::text as line from pg_class c
      where c.relnamespace in ('public'::regnamespace, 'jobs'::regnamespace) and c.relkind in ('r', 'p')
        and ${holds}('${role}', c.oid, '${right}')
      order by 1`,
  )
}

test("the application adds to the log and changes nothing in it; only the outbox is emptied", async () => {
  const ofLog = async (right: string) =>
    (await withRight("glasshouse_app", right)).filter((table) => LOG_TABLES.includes(table))
  assert.deepEqual(await ofLog("insert"), LOG_TABLES.toSorted())
  assert.deepEqual(await ofLog("delete"), ["audit_outbox"])
  assert.deepEqual(await ofLog("truncate"), [])
  // The size of a log, and how far the search table is: both are moved, neither is the record.
  assert.deepEqual(await ofLog("update"), ["audit_projection", "log_head"])
  for (const table of ["log_batch", "log_event", "log_tile", "audit_sequenced"]) {
    assert.equal(await attempt("glasshouse_app", `delete from ${table}`), DENIED, table)
    assert.equal(await attempt("glasshouse_app", `update ${table} set log_id = log_id`), DENIED, table)
  }
})

test("the application owns nothing and makes nothing", async () => {
  const owned = await lines(
    `select relname as line from pg_class where pg_get_userbyid(relowner) in ('glasshouse_app', 'glasshouse_reader')`,
  )
  assert.deepEqual(owned, [])
  for (const role of ["glasshouse_app", "glasshouse_reader"])
    for (const sql of [
      "create table mine (a int)",
      "create schema mine",
      "create table jobs.mine (a int)",
      "alter table log add column a int",
      "drop table log_batch",
      "alter table jobs.job_common disable trigger all",
    ])
      assert.equal(await attempt(role, sql), DENIED, `${role}: ${sql}`)
})

test("the reader reads states, and neither secrets nor letters nor jobs; it writes nowhere", async () => {
  for (const right of ["insert", "update", "delete", "truncate"])
    assert.deepEqual(await withRight("glasshouse_reader", right), [], right)
  for (const table of [
    "ticket",
    "notebook_session",
    "session",
    "invitation",
    "mail",
    "jobs.job",
    "audit_outbox",
  ])
    assert.equal(await attempt("glasshouse_reader", `select 1 from ${table}`), DENIED, table)
  assert.equal(await attempt("glasshouse_reader", "select * from project"), "done")
})
