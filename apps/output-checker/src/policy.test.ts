import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import {
  combinePolicies,
  loadPolicy,
  overridePolicy,
  parsePolicy,
  PolicyError,
  SHIPPED_POLICIES,
} from "./policy.ts"

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

test("an agreement's own numbers make a policy stricter and never looser", () => {
  for (const name of ["nhs-england-sde", "opensafely", "ons-srs", "sail", "acro-default"]) {
    const preset = loadPolicy(name)
    for (const threshold of [1, 5, 7, 8, 10, 25])
      for (const rounding of [null, 1, 3, 5, 7, 10]) {
        const own = overridePolicy(preset, { threshold, rounding })
        assert.equal(own.parameters.threshold, Math.max(preset.parameters.threshold, threshold))
        assert.equal(own.parameters.differencing, Math.max(preset.parameters.differencing, threshold))
        assert.notEqual(own.sha256, preset.sha256)
        assert.equal(own.name, `${name}+agreement`)
        if (rounding === null || rounding === 1)
          assert.deepEqual(own.parameters.rounding, preset.parameters.rounding)
        else if (preset.parameters.rounding === null)
          assert.deepEqual(own.parameters.rounding?.nearest, [rounding])
      }
  }
  const sde = (rounding: number) =>
    overridePolicy(loadPolicy("nhs-england-sde"), { rounding }).parameters.rounding?.nearest
  assert.deepEqual([sde(3), sde(5), sde(10)], [[5], [5], [10]])
  const same = loadPolicy("sail")
  assert.equal(overridePolicy(same, { threshold: null, rounding: null }), same)
  assert.match(overridePolicy(same, { threshold: 99 }).sources.threshold, /agreement/)
  assert.throws(() => overridePolicy(same, { threshold: 0 }), PolicyError)
  assert.throws(() => overridePolicy(same, { rounding: 1.5 }), PolicyError)
  const numbers = [{ threshold: 7 }, { threshold: 8 }, { rounding: 7 }, { threshold: 7, rounding: 7 }]
  assert.equal(new Set(numbers.map((n) => overridePolicy(same, n).sha256)).size, 4)
})
