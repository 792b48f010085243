import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { combinePolicies, loadPolicy, parsePolicy, PolicyError, SHIPPED_POLICIES } from "./policy.ts"

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

test("every shipped preset is valid, named like its file, and states a source for each parameter", () => {
  const names = readdirSync(SHIPPED_POLICIES).map((f) => f.replace(/\.json$/, ""))
  assert.deepEqual(names.sort(), ["acro-default", "nhs-england-sde", "ons-srs", "opensafely", "sail"])
  for (const name of names) {
    const policy = loadPolicy(name)
    assert.equal(policy.name, name)
    assert.match(policy.sha256, /^[0-9a-f]{64}$/)
    for (const source of Object.values(policy.sources)) assert.ok(source.length > 10)
  }
})

test("a broken policy is refused with every problem, never filled with defaults", () => {
  const good = JSON.parse(readFileSync(join(SHIPPED_POLICIES, "opensafely.json"), "utf8")) as {
    parameters: Record<string, unknown>
  }
  const { threshold: _, ...rest } = good.parameters
  const broken = {
    ...good,
    extra: 1,
    parameters: { ...rest, zeros: { value: "maybe", source: "x" }, mystery: { value: 1, source: "x" } },
  }
  assert.throws(
    () => parsePolicy(encode(broken), "p"),
    (error: unknown) => {
      assert.ok(error instanceof PolicyError)
      for (const word of ["extra", "threshold is missing", "zeros has a value out of range", "mystery"])
        assert.match(error.message, new RegExp(word))
      return error.code === "policy_invalid"
    },
  )
  assert.throws(() => parsePolicy(encode([]), "p"), PolicyError)
  assert.throws(() => parsePolicy(new Uint8Array([0xff]), "p"), PolicyError)
  assert.throws(
    () => loadPolicy("../secrets"),
    (e: unknown) => e instanceof PolicyError && e.code === "policy_unknown",
  )
  assert.throws(
    () => loadPolicy("none-such"),
    (e: unknown) => e instanceof PolicyError && e.code === "policy_unknown",
  )
})

test("the strictest of several policies, parameter by parameter, with its source", () => {
  const policy = loadPolicy("opensafely+sail")
  assert.equal(policy.name, "opensafely+sail")
  assert.equal(policy.parameters.threshold, 10)
  assert.equal(policy.parameters.zeros, "small")
  assert.equal(policy.parameters.class_share, 1)
  assert.deepEqual(policy.parameters.identifier_columns, ["patient_id"])
  assert.ok(!policy.parameters.accepted.includes("svg"))
  assert.match(policy.sources.threshold, /UK LLC/)
  assert.match(policy.sources.class_share, /OpenSAFELY/)
  const one = loadPolicy("sail")
  assert.equal(combinePolicies([one]).sha256, one.sha256)
  assert.notEqual(policy.sha256, loadPolicy("sail+opensafely").sha256)
  assert.deepEqual(loadPolicy("nhs-england-sde+opensafely").parameters.rounding, {
    nearest: [5],
    midpoint: [],
    totals: "sum-of-rounded",
  })
})
