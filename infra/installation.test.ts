import assert from "node:assert/strict"
import { test } from "node:test"
import { assertSettingsKnown, parseSite, readInstallation, SETTINGS, SettingsError } from "./installation.ts"

test("without settings: the installation main on its usual address", () => {
  const main = readInstallation({})
  assert.equal(main.state, "/var/lib/glasshouse/main")
  assert.equal(main.project, "glasshouse-main")
  assert.equal(main.site.origin, "http://glasshouse.localhost:8080")
  assert.equal(main.site.identityOrigin, "http://id.glasshouse.localhost:8080")
  assert.equal(main.port, 8080)
  assert.equal(main.bind, "127.0.0.1")
  assert.equal(main.demo, true)
})

test("a site's own port is left out of addresses where browsers leave it out", () => {
  const site = parseSite("https://tre.example.org")
  assert.deepEqual(
    [site.origin, site.port, site.authority],
    ["https://tre.example.org", 443, "tre.example.org"],
  )
  assert.equal(site.identityOrigin, "https://id.tre.example.org")
})

test("settings that would end badly later are refused with a sentence", () => {
  const wrong: Record<string, string>[] = [
    { GLASSHOUSE_INSTALLATION: "../other" },
    { GLASSHOUSE_INSTALLATION: "A" },
    { GLASSHOUSE_STATE: "relative" },
    { GLASSHOUSE_STATE: `/${"long".repeat(20)}` },
    { GLASSHOUSE_SITE: "glasshouse" },
    { GLASSHOUSE_SITE: "ftp://a.b" },
    { GLASSHOUSE_SITE: "http://localhost:8080" },
    { GLASSHOUSE_SITE: "http://a.b/path" },
    { GLASSHOUSE_SITE: "http://a.b;}/" },
    { GLASSHOUSE_PORT: "0" },
    { GLASSHOUSE_PORT: "80a" },
    { GLASSHOUSE_PORT: "65536" },
    { GLASSHOUSE_PORT: "1e3" },
    { GLASSHOUSE_PORT: "" },
    { GLASSHOUSE_STATE: "/var/lib/../lib/x" },
    { GLASSHOUSE_STATE: "/var/li b" },
    { GLASSHOUSE_BIND: "localhost" },
    { GLASSHOUSE_BIND: "::1" },
    { GLASSHOUSE_BIND: "127.0.0.1:80" },
    { GLASSHOUSE_ZONE: "Middle-earth" },
    { GLASSHOUSE_ZONE: "" },
    { GLASSHOUSE_MAIL_RELAY: "relay" },
    { GLASSHOUSE_MAIL_RELAY: "relay:0" },
    { GLASSHOUSE_MAIL_RELAY: "smtp://relay:25" },
    { GLASSHOUSE_MAIL_FROM: "nobody" },
    { GLASSHOUSE_MAIL_FROM: "a@b\nBcc: c@d" },
    { GLASSHOUSE_IDLE_SECONDS: "0" },
    { GLASSHOUSE_IDLE_SECONDS: "-5" },
    { GLASSHOUSE_WORKSPACE_IDLE_SECONDS: "9999999999" },
    { GLASSHOUSE_SHOWN_LIMIT_MEGABYTES: "1.5" },
    { GLASSHOUSE_SITE: "https://tre.example.org" },
    { GLASSHOUSE_DEMO: "no" },
    { GLASSHOUSE_TLS_CERT: "/c" },
    { GLASSHOUSE_TLS_CERT: "/c", GLASSHOUSE_TLS_KEY: "/k" },
  ]
  for (const env of wrong) assert.throws(() => readInstallation(env), SettingsError, JSON.stringify(env))
})

test("certificate and key together make the edge serve TLS", () => {
  const { tls, site } = readInstallation({
    GLASSHOUSE_SITE: "https://tre.example.org",
    GLASSHOUSE_TLS_CERT: "/c",
    GLASSHOUSE_TLS_KEY: "/k",
  })
  assert.deepEqual(tls, { certificate: "/c", key: "/k" })
  assert.equal(site.scheme, "https")
})

test("a setting with a slip in its name is refused, and the known ones are listed", () => {
  assert.doesNotThrow(() =>
    assertSettingsKnown({ GLASSHOUSE_SITE: "x", HOME: "/root", GLASSHOUSE_ROOT: "/" }),
  )
  assert.throws(
    () => assertSettingsKnown({ GLASSHOUSE_SITES: "x" }),
    /no setting GLASSHOUSE_SITES\. Settings: /,
  )
  for (const name of SETTINGS) assert.doesNotThrow(() => assertSettingsKnown({ [name]: "x" }), name)
})

test("mail goes to the development server unless a site names its relay", () => {
  assert.deepEqual(readInstallation({}).mail, {
    host: "mail",
    port: 1025,
    from: "glasshouse@glasshouse.localhost",
  })
  const relayed = readInstallation({
    GLASSHOUSE_MAIL_RELAY: "relay.example.org:25",
    GLASSHOUSE_MAIL_FROM: "tre@example.org",
  })
  assert.deepEqual(relayed.mail, { host: "relay.example.org", port: 25, from: "tre@example.org" })
})
