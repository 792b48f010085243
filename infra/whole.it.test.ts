// One whole installation beside the running ones: behind TLS under its own name and authority, and begun
// from the database of an earlier version. A migration that fails leaves everything as it was and a backup;
// mended, the same start goes on, and people sign in and find what was there.
import assert from "node:assert/strict"
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"
import { after, test } from "node:test"
import { migrationNumbers } from "./backup.ts"
import { inspectServices } from "./containers.ts"
import { nextCode, systemClock } from "./identity/next-code.ts"
import { readDemoAccounts } from "./identity/prepare.ts"
import { issuerOf } from "./identity/realm.ts"
import { readInstallation } from "./installation.ts"
import { root } from "./launch.js"
import { startPlatform } from "./platform.ts"
import { run, tryRun } from "./run.ts"
import { StepFailed } from "./steps.ts"
import { makeAuthority } from "./testing/authority.ts"
import { freePort, leftBehind, ownFolder, removeWithParent } from "./testing/test-installation.ts"
import { Visitor } from "./testing/visitor.ts"
import { readIdentity } from "./state.ts"

const EARLIER = globSync("infra/testing/earlier/*.sql", { cwd: root }).toSorted().at(0) ?? ""

const parent = ownFolder()
const port = await freePort()
const HOST = "tre.localhost"
const certificates = mkdtempSync(path.join(parent, "tls-"))
const authority = await makeAuthority(certificates, HOST)
const installation = readInstallation({
  GLASSHOUSE_STATE: parent,
  GLASSHOUSE_INSTALLATION: `test-${path.basename(parent).slice(-6).toLowerCase()}`,
  GLASSHOUSE_SITE: `https://${HOST}:${port}`,
  GLASSHOUSE_TLS_CERT: authority.certificate,
  GLASSHOUSE_TLS_KEY: authority.key,
})
const { state, site } = installation
const said: string[] = []
const say = (line: string) => void said.push(line)

after(async () => {
  const id = readIdentity(state)?.id
  await removeWithParent(installation)
  assert.equal(existsSync(parent), false)
  if (id !== undefined) assert.deepEqual(await leftBehind(id), [])
})

async function psql(sql: string, role = "postgres"): Promise<string> {
  const services = await inspectServices(installation.project)
  const id = services.find(({ service }) => service === "postgresql")?.id ?? ""
  const program = [
    "psql",
    "--no-psqlrc",
    "-qAt",
    "-v",
    "ON_ERROR_STOP=1",
    "-h",
    "/run/postgresql",
    "-U",
    "postgres",
  ]
  const input = `set role ${role};\n${sql}`
  return await run("docker", ["exec", "-i", id, ...program, "-d", "glasshouse"], { input })
}

const applied = async () =>
  (await psql("select number from schema_migration order by number")).trim().split("\n").map(Number)
const backups = () => readdirSync(path.join(state, "backups")).toSorted()
const KNOWN = migrationNumbers(globSync("apps/control-plane/src/store/migrations/*.ts", { cwd: root }))
const OLDEST = Number(path.basename(EARLIER, ".sql"))

/** Tables of the earlier database and how many rows each holds. */
async function countRows(): Promise<string> {
  const names = (
    await psql(
      "select string_agg(tablename, ' ' order by tablename) from pg_tables where schemaname = 'public'",
    )
  )
    .trim()
    .split(" ")
  const counts = names
    .filter((name) => EARLIER_TABLES.has(name))
    .map((name) => `select '${name}', count(*) from public."${name}"`)
  return await psql(counts.join(" union all "))
}
const EARLIER_TABLES = new Set(
  [...readFileSync(path.join(root, EARLIER), "utf8").matchAll(/^INSERT INTO public\."?([a-z_]+)"? VALUES/gm)]
    .map((match) => match[1] ?? "")
    // What the running platform itself adds to, drops from or ends as time passes.
    .filter(
      (name) =>
        ![
          "session",
          "mail",
          "setting",
          "schema_migration",
          "identity_event_seen",
          "stage_job",
          "intent",
          "hold",
          "run",
        ].includes(name),
    ),
)

test("an earlier database is migrated after a backup, and a failing migration changes nothing", async () => {
  await startPlatform(root, installation, say, { serversOnly: true })
  await psql(readFileSync(path.join(root, EARLIER), "utf8"))
  assert.deepEqual(await applied(), [OLDEST])
  // The people of that database sign in at this installation's identity server.
  const bound = readDemoAccounts(state).map(
    ({ email, subject }) =>
      `update identity i set issuer = '${issuerOf(site)}', subject = '${subject}' from person p where p.id = i.person_id and p.email = '${email}';`,
  )
  await psql(bound.join("\n"))
  const before = await countRows()

  // Something of a name that the next migration wants to use: it fails half-way.
  await psql("create view log as select 1 as one", "glasshouse_owner")
  await assert.rejects(startPlatform(root, installation, say), (error: unknown) => {
    assert.ok(error instanceof StepFailed, String(error))
    assert.match(error.message, /control-plane/)
    assert.match(`${error.message}\n${error.advice}`, /backups?\b/)
    return true
  })
  assert.deepEqual(await applied(), [OLDEST])
  assert.equal(await countRows(), before)
  assert.deepEqual(
    backups().map((name) => name.replace(/^\d{8}T\d{6}Z-/, "")),
    ["custody.dump", "glasshouse.dump", "keycloak.dump"],
  )

  await psql("drop view log", "glasshouse_owner")
  await startPlatform(root, installation, say)
  assert.deepEqual(await applied(), KNOWN)
  assert.equal(await countRows(), before, "every row of the earlier database is still there")
  // The engine goes on restarting a control plane that failed: it may have migrated before this start could
  // take another copy. The one from before the failure is as good, since nothing was changed between.
  assert.ok(backups().length >= 3)
})

test("a backup is a whole database: restored, it is the earlier one", async () => {
  const services = await inspectServices(installation.project)
  const id = services.find(({ service }) => service === "postgresql")?.id ?? ""
  const name = backups().find((file) => file.endsWith("-glasshouse.dump")) ?? ""
  const dump = readFileSync(path.join(state, "backups", name))
  await run("docker", ["exec", id, "createdb", "-h", "/run/postgresql", "-U", "postgres", "restored"])
  const target = path.join(state, "postgresql", "restore.dump")
  writeFileSync(target, dump, { mode: 0o644 })
  const restore = [
    "pg_restore",
    "-h",
    "/run/postgresql",
    "-U",
    "postgres",
    "-d",
    "restored",
    "--exit-on-error",
  ]
  await run("docker", ["exec", id, ...restore, "/var/lib/postgresql/restore.dump"])
  const count = ["psql", "-At", "-h", "/run/postgresql", "-U", "postgres", "-d", "restored", "-c"]
  const people = await run("docker", [
    "exec",
    id,
    ...count,
    "select count(*), (select max(number) from schema_migration) from person",
  ])
  assert.equal(people.trim(), `10|${OLDEST}`)
})

test("people sign in over TLS with both factors and find what was there", async () => {
  const visitor = new Visitor(authority.ca)
  const priya = readDemoAccounts(state).find(({ username }) => username === "priya")
  assert.ok(priya)
  const code = () => nextCode(path.join(state, "secrets"), "priya", priya.totp, systemClock, () => {})
  const token = await visitor.signIn(site, "priya", priya.password, code)
  const headers = { authorization: `Bearer ${token}`, origin: site.origin }
  const me = await visitor.ask(`${site.origin}/api/session`, { headers })
  assert.equal(me.status, 200, me.text)
  assert.equal((JSON.parse(me.text) as { person: { name: string } }).person.name, "Priya Raman")
  const projects = await visitor.ask(`${site.origin}/api/projects`, { headers })
  assert.match(projects.text, /Liver disease and survival/)
  const kept = visitor.cookieLines.filter(({ line }) => !/;\s*Max-Age=0\b/i.test(line))
  for (const { host, line } of kept) assert.match(line, /;\s*Secure/i, `${host}: ${line}`)
  assert.ok(kept.length > 0)
})

test("console, sign-in and every notebook answer under TLS only, with the names of the certificate", async () => {
  const visitor = new Visitor(authority.ca)
  const console = await visitor.ask(`${site.origin}/`)
  assert.equal(console.status, 200)
  assert.match(console.headers["strict-transport-security"] ?? "", /max-age=\d{8}/)
  const policy = String(console.headers["content-security-policy"])
  assert.match(policy, new RegExp(`https://id\\.${HOST}:${port}`))
  assert.doesNotMatch(policy, /http:\/\//)
  const discovery = await visitor.ask(
    `${site.identityOrigin}/realms/glasshouse/.well-known/openid-configuration`,
  )
  const { issuer, token_endpoint } = JSON.parse(discovery.text) as { issuer: string; token_endpoint: string }
  assert.equal(issuer, issuerOf(site))
  assert.ok(token_endpoint.startsWith(`${site.identityOrigin}/`))
  // The wildcard covers a notebook's name; without a ticket the gateway refuses it.
  const notebook = await visitor.ask(`https://abcdefghijkl.ws.${site.authority}/lab`)
  assert.ok(notebook.status >= 400 && notebook.status < 500, String(notebook.status))
  assert.ok(notebook.headers["content-security-policy"], "it was the gateway that answered")
  const stranger = new Visitor(path.join(certificates, "tls.crt"))
  await assert.rejects(stranger.ask(`${site.origin}/`), /certificate|issuer|self-signed|verif/i)
  const plain = await tryRun("curl", [
    "-s",
    "-o",
    "/dev/null",
    "-w",
    "%{http_code}",
    `http://127.0.0.1:${port}/`,
  ])
  assert.notEqual(plain.stdout, "200")
})

test("a second start finds everything as it is, in seconds", async () => {
  const began = performance.now()
  await startPlatform(root, installation, say)
  const seconds = (performance.now() - began) / 1000
  assert.ok(seconds < 60, `${seconds.toFixed(1)} s`)
})
