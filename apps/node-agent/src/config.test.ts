import assert from "node:assert/strict"
import { test } from "node:test"
import { readConfig } from "./config.ts"

const good = {
  GLASSHOUSE_STATE_DIR: "/var/lib/glasshouse/main",
  GLASSHOUSE_INSTALLATION_ID: "abcdefghijkl",
  GLASSHOUSE_IMAGE_WORKSPACE: "w",
  GLASSHOUSE_IMAGE_DOOR: "d",
  GLASSHOUSE_IMAGE_APP: "a",
}

test("every problem is named at once", () => {
  assert.throws(
    () => readConfig({ GLASSHOUSE_STATE_DIR: "here" }),
    (error: Error) => {
      for (const name of ["STATE_DIR", "INSTALLATION_ID", "IMAGE_WORKSPACE", "IMAGE_DOOR", "IMAGE_APP"]) {
        assert.match(error.message, new RegExp(name))
      }
      return true
    },
  )
})

test("stages get addresses and ids, and nothing else of the environment", () => {
  const config = readConfig({
    ...good,
    GLASSHOUSE_STORE_URL: "http://minio:9000",
    SECRET: "x",
    GLASSHOUSE_SECRETS_DIR: "/s",
  })
  assert.deepEqual(config.stageEnvironment.toSorted(), [
    "GLASSHOUSE_INSTALLATION_ID=abcdefghijkl",
    "GLASSHOUSE_STATE_DIR=/var/lib/glasshouse/main",
    "GLASSHOUSE_STORE_URL=http://minio:9000",
  ])
  assert.equal(config.socket, "/var/lib/glasshouse/main/sock/agent/agent.sock")
})
