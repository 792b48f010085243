import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"
import { after, test } from "node:test"
import { loadInstallation, rememberSettings } from "./settings.ts"

const parent = mkdtempSync("/var/tmp/settings-")
after(() => rmSync(parent, { recursive: true }))
const place = { GLASSHOUSE_STATE: parent, GLASSHOUSE_INSTALLATION: "one" }
const state = path.join(parent, "one")
mkdirSync(state)

test("an installation started without its settings is the one it was", () => {
  assert.equal(loadInstallation(place).demo, true)
  rememberSettings(state, { ...place, GLASSHOUSE_DEMO: "off", GLASSHOUSE_SITE: "http://a.b:81", HOME: "/" })
  const again = loadInstallation(place)
  assert.equal(again.demo, false)
  assert.equal(again.site.origin, "http://a.b:81")
  assert.equal(again.name, "one")
})

test("what the environment names wins, and only that is changed", () => {
  rememberSettings(state, { GLASSHOUSE_SITE: "http://a.b:82" })
  assert.equal(loadInstallation(place).demo, false)
  assert.equal(loadInstallation(place).site.port, 82)
  assert.equal(loadInstallation({ ...place, GLASSHOUSE_SITE: "http://a.b:83" }).site.port, 83)
})

test("a file that cannot be read is said", () => {
  writeFileSync(path.join(state, "settings.json"), "{")
  assert.throws(() => loadInstallation(place), /settings\.json is not readable/)
})
