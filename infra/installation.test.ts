import assert from "node:assert/strict"
import { test } from "node:test"
import { parseSite, readInstallation, SettingsError } from "./installation.ts"

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
