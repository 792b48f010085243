// The short form of the battery of faults: each of our own processes is killed once while people work.
import assert from "node:assert/strict"
import process from "node:process"
import { after, test } from "node:test"
import { inspectServices } from "../infra/containers.ts"
import { readInstallation } from "../infra/installation.ts"
import { waitUntil } from "../infra/run.ts"
import { runShort } from "./prove/faults.ts"

const installation = readInstallation(process.env)
const allHealthy = async () =>
  (await inspectServices(installation.project)).every(
    ({ running, health }) => running && health === "healthy",
  )

// Whoever comes next finds the platform as it was.
after(async () => assert.ok(await waitUntil(allHealthy, 120_000), "every service is healthy again"))

test("nothing acknowledged is lost or doubled when each of our processes is killed during work", async () => {
  const seed = Date.now() % 1_000_000
  const lines: string[] = []
  const { passed, failed } = await runShort({
    installation,
    environment: process.env as Record<string, string>,
    seed,
    rounds: undefined,
    parts: undefined,
    print: (line) => lines.push(line),
  })
  assert.equal(failed, 0, `seed ${seed}:\n${lines.join("\n")}`)
  assert.ok(passed > 100, `only ${passed} facts were judged:\n${lines.join("\n")}`)
})
