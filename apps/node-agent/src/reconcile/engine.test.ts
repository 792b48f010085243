import assert from "node:assert/strict"
import { test } from "node:test"
import { makeEngineLook } from "./engine.ts"

function scene() {
  const state = { at: 0, gone: 0, error: undefined as Error | undefined }
  const look = makeEngineLook({
    ping: async () => {
      if (state.error !== undefined) throw state.error
    },
    onGone: () => {
      state.gone += 1
    },
    now: () => state.at,
    patience: 5_000,
  })
  return { state, look }
}
const failing = (code: string) => Object.assign(new Error(code), { code })

test("a socket on which nobody listens for long ends the agent, so that it finds the new one", async () => {
  for (const code of ["ECONNREFUSED", "ENOENT"]) {
    const { state, look } = scene()
    await look()
    state.error = failing(code)
    await look()
    state.at = 4_999
    await look()
    assert.equal(state.gone, 0)
    state.at = 5_000
    await look()
    assert.equal(state.gone, 1)
  }
})

test("an engine that is back in between, or only slow or failing, does not", async () => {
  const { state, look } = scene()
  state.error = failing("ECONNREFUSED")
  await look()
  state.at = 4_000
  state.error = undefined
  await look()
  state.error = failing("ECONNREFUSED")
  state.at = 6_000
  await look()
  state.error = failing("ETIMEDOUT")
  state.at = 20_000
  await look()
  state.error = failing("ECONNREFUSED")
  state.at = 21_000
  await look()
  assert.equal(state.gone, 0)
})
