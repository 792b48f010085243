// Disclosure policies: versioned JSON files in policies/disclosure, each parameter with its source.
// Validated whole at load: an unknown, missing or ill-typed parameter is an error, never a default.
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export const DEFAULT_POLICY = "nhs-england-sde"
export const SHIPPED_POLICIES = fileURLToPath(new URL("../../../policies/disclosure", import.meta.url))

export interface Rounding {
  /** allowed bases: a column complies when all its counts are multiples of one of them */
  nearest: number[]
  /** allowed midpoint bases: counts are 0 or odd multiples of half the base (midpoint 6: 3, 9, 15…) */
  midpoint: number[]
  totals: "sum-of-rounded" | "any"
}

export interface Dominance {
  /** (n,k): the largest n contributors hold less than share k */
  n: number
  k: number
  /** p%: total less the two largest is at least share p of the largest */
  p: number
}

export interface Parameters {
  /** a count c with 0 < c < threshold is small */
  threshold: number
  zeros: "allowed" | "review" | "small"
  masks_refused: string[]
  rounding: Rounding | null
  /** a cell of this share of its group, or more, tells about the whole group; null: no limit */
  class_share: number | null
  dominance: Dominance | null
  degrees_of_freedom: number | null
  extremes: "forbid" | "review" | "allow"
  /** two numbers on nearly the same people may not differ by less */
  differencing: number
  max_rows: number
  max_bytes: number
  identifier_columns: string[]
  accepted: string[]
  by_request: string[]
  refused: string[]
}

export interface Policy {
  name: string
  version: string
  title: string
  sha256: string
  parameters: Parameters
  sources: Record<keyof Parameters, string>
}

export class PolicyError extends Error {
  readonly code: "policy_unknown" | "policy_invalid"
  constructor(code: "policy_unknown" | "policy_invalid", message: string) {
    super(message)
    this.code = code
  }
}

type Check = (value: unknown) => boolean
const isInteger = (low: number, high: number): Check => {
  return (v) => Number.isInteger(v) && (v as number) >= low && (v as number) <= high
}
const isShare: Check = (v) => typeof v === "number" && v > 0 && v <= 1
const isOneOf = (...options: string[]): Check => {
  return (v) => typeof v === "string" && options.includes(v)
}
const isStrings: Check = (v) => Array.isArray(v) && v.every((x) => typeof x === "string")
const isBases: Check = (v) => Array.isArray(v) && v.every((x) => isInteger(2, 1000)(x))
const orNull = (check: Check): Check => {
  return (v) => v === null || check(v)
}
const isRecord = (shape: Record<string, Check>): Check => {
  return (v) => {
    if (typeof v !== "object" || v === null || Array.isArray(v)) return false
    const entries = Object.entries(v)
    return entries.length === Object.keys(shape).length && entries.every(([k, x]) => shape[k]?.(x) === true)
  }
}

const CHECKS: Record<keyof Parameters, Check> = {
  threshold: isInteger(1, 10_000),
  zeros: isOneOf("allowed", "review", "small"),
  masks_refused: isStrings,
  rounding: orNull(
    isRecord({ nearest: isBases, midpoint: isBases, totals: isOneOf("sum-of-rounded", "any") }),
  ),
  class_share: orNull(isShare),
  dominance: orNull(isRecord({ n: isInteger(1, 100), k: isShare, p: isShare })),
  degrees_of_freedom: orNull(isInteger(1, 100_000)),
  extremes: isOneOf("forbid", "review", "allow"),
  differencing: isInteger(1, 10_000),
  max_rows: isInteger(1, 100_000_000),
  max_bytes: isInteger(1, 1 << 30),
  identifier_columns: isStrings,
  accepted: isStrings,
  by_request: isStrings,
  refused: isStrings,
}
const NAMES = Object.keys(CHECKS) as (keyof Parameters)[]

function hashOf(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex")
}

/**
 * Reads one policy from its bytes.
 * @throws PolicyError `policy_invalid` naming every problem at once
 */
export function parsePolicy(bytes: Uint8Array, label: string): Policy {
  const problems: string[] = []
  let document: unknown
  try {
    document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
  } catch {
    throw new PolicyError("policy_invalid", `${label}: not a JSON document in UTF-8`)
  }
  if (typeof document !== "object" || document === null || Array.isArray(document))
    throw new PolicyError("policy_invalid", `${label}: not a JSON object`)
  const top = document as Record<string, unknown>
  for (const key of Object.keys(top))
    if (!["format", "name", "version", "title", "applies", "parameters"].includes(key))
      problems.push(`unknown key ${key}`)
  if (top["format"] !== 1) problems.push("format must be 1")
  for (const key of ["name", "version", "title", "applies"])
    if (typeof top[key] !== "string" || top[key] === "") problems.push(`${key} must be a text`)
  const given = (typeof top["parameters"] === "object" ? (top["parameters"] ?? {}) : {}) as Record<
    string,
    unknown
  >
  for (const key of Object.keys(given)) if (!(key in CHECKS)) problems.push(`unknown parameter ${key}`)
  const parameters: Record<string, unknown> = {}
  const sources: Record<string, string> = {}
  for (const name of NAMES) {
    const entry = given[name] as { value?: unknown; source?: unknown } | undefined
    if (typeof entry !== "object" || entry === null || !("value" in entry))
      problems.push(`${name} is missing`)
    else if (!CHECKS[name](entry.value)) problems.push(`${name} has a value out of range`)
    else if (typeof entry.source !== "string" || entry.source === "")
      problems.push(`${name} states no source`)
    else if (Object.keys(entry).length !== 2) problems.push(`${name} has unknown keys`)
    else {
      parameters[name] = entry.value
      sources[name] = entry.source
    }
  }
  if (problems.length > 0) throw new PolicyError("policy_invalid", `${label}: ${problems.join("; ")}`)
  return {
    name: top["name"] as string,
    version: top["version"] as string,
    title: top["title"] as string,
    sha256: hashOf(bytes),
    parameters: parameters as unknown as Parameters,
    sources: sources as Record<keyof Parameters, string>,
  }
}

/**
 * Loads policies by name; several names joined by `+` give the strictest of them.
 * @throws PolicyError `policy_unknown` or `policy_invalid`
 */
export function loadPolicy(names: string = DEFAULT_POLICY, directory: string = SHIPPED_POLICIES): Policy {
  const policies = names.split("+").map((name) => {
    if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) throw new PolicyError("policy_unknown", `No policy ${name}`)
    let bytes: Uint8Array
    try {
      bytes = readFileSync(join(directory, `${name}.json`))
    } catch {
      throw new PolicyError("policy_unknown", `No policy ${name} in ${directory}`)
    }
    const policy = parsePolicy(bytes, `${name}.json`)
    if (policy.name !== name)
      throw new PolicyError("policy_invalid", `${name}.json calls itself ${policy.name}`)
    return policy
  })
  return combinePolicies(policies)
}

export interface Overrides {
  readonly threshold?: number | null | undefined
  readonly rounding?: number | null | undefined
}

/**
 * An agreement's own numbers on top of a policy. They can make it stricter and nothing else: where the policy
 * asks for more, its number stays. The result has a name and a hash of its own, also where nothing changes.
 * @throws PolicyError `policy_invalid`
 */
export function overridePolicy(policy: Policy, overrides: Overrides): Policy {
  const threshold = overrides.threshold ?? undefined
  const rounding = overrides.rounding ?? undefined
  if (threshold === undefined && rounding === undefined) return policy
  for (const [name, value] of [
    ["threshold", threshold],
    ["rounding", rounding],
  ] as const)
    if (value !== undefined && !isInteger(1, 1_000)(value))
      throw new PolicyError("policy_invalid", `the agreement's ${name} is out of range`)
  const own = (what: string) => `the project's agreement: ${what}`
  const parameters = { ...policy.parameters }
  const sources = { ...policy.sources }
  if (threshold !== undefined) {
    // A difference below the threshold is a count below the threshold.
    for (const name of ["threshold", "differencing"] as const) {
      if (parameters[name] >= threshold) continue
      parameters[name] = threshold
      sources[name] = own(`counts below ${threshold} are small`)
    }
  }
  // Rounding to 1 is no rounding.
  if (rounding !== undefined && rounding > 1) {
    const asked: Rounding = { nearest: [rounding], midpoint: [], totals: "any" }
    const strict = parameters.rounding === null ? asked : stricterRounding(parameters.rounding, asked)
    if (JSON.stringify(strict) !== JSON.stringify(parameters.rounding)) {
      parameters.rounding = strict
      sources.rounding = own(`counts are rounded to ${rounding}`)
    }
  }
  const numbers = JSON.stringify({ threshold: threshold ?? null, rounding: rounding ?? null })
  return {
    name: `${policy.name}+agreement`,
    version: policy.version,
    title: `${policy.title}, with the agreement's own numbers`,
    sha256: hashOf(`${policy.sha256}\n${numbers}\n`),
    parameters,
    sources,
  }
}

/** A rounding that satisfies both; where no base satisfies both, the coarser demand stands. */
function stricterRounding(a: Rounding, b: Rounding): Rounding {
  const nearest = a.nearest.filter((base) => b.nearest.some((other) => base % other === 0))
  const midpoint = a.midpoint.filter((base) => b.midpoint.includes(base))
  const totals = a.totals === "sum-of-rounded" || b.totals === "sum-of-rounded" ? "sum-of-rounded" : "any"
  if (nearest.length + midpoint.length > 0) return { nearest, midpoint, totals }
  const reversed = b.nearest.filter((base) => a.nearest.some((other) => base % other === 0))
  if (reversed.length > 0) return { nearest: reversed, midpoint, totals }
  const coarse = (r: Rounding): number => Math.min(...r.nearest, ...r.midpoint)
  return { ...(coarse(a) >= coarse(b) ? a : b), totals }
}

type Strictest = { [K in keyof Parameters]: (a: Parameters[K], b: Parameters[K]) => Parameters[K] }
const ZEROS = ["allowed", "review", "small"] as const
const EXTREMES = ["allow", "review", "forbid"] as const
const both = (a: string[], b: string[]): string[] => [...new Set([...a, ...b])]
const lower = (a: number | null, b: number | null): number | null => {
  return a === null ? b : b === null ? a : Math.min(a, b)
}

const STRICTEST: Strictest = {
  threshold: Math.max,
  zeros: (a, b) => (ZEROS.indexOf(a) >= ZEROS.indexOf(b) ? a : b),
  masks_refused: both,
  rounding: (a, b) => (a === null ? b : b === null ? a : stricterRounding(a, b)),
  class_share: lower,
  dominance: (a, b) => {
    if (a === null || b === null) return a ?? b
    return { n: Math.max(a.n, b.n), k: Math.min(a.k, b.k), p: Math.max(a.p, b.p) }
  },
  degrees_of_freedom: (a, b) => (a === null ? b : b === null ? a : Math.max(a, b)),
  extremes: (a, b) => (EXTREMES.indexOf(a) >= EXTREMES.indexOf(b) ? a : b),
  differencing: Math.max,
  max_rows: Math.min,
  max_bytes: Math.min,
  identifier_columns: both,
  accepted: (a, b) => a.filter((x) => b.includes(x)),
  by_request: both,
  refused: both,
}

/** The strictest of several policies, parameter by parameter; each keeps the source it came from. */
export function combinePolicies(policies: readonly Policy[]): Policy {
  const [first, ...rest] = policies
  if (first === undefined) throw new PolicyError("policy_unknown", "No policy named")
  return rest.reduce((a, b) => {
    const parameters: Record<string, unknown> = {}
    const sources: Record<string, string> = {}
    for (const name of NAMES) {
      const choose = STRICTEST[name] as (x: unknown, y: unknown) => unknown
      const value = choose(a.parameters[name], b.parameters[name])
      const same = (x: unknown): boolean => JSON.stringify(x) === JSON.stringify(value)
      parameters[name] = value
      sources[name] = same(a.parameters[name])
        ? a.sources[name]
        : same(b.parameters[name])
          ? b.sources[name]
          : `${a.sources[name]}; ${b.sources[name]}`
    }
    return {
      name: `${a.name}+${b.name}`,
      version: `${a.version}+${b.version}`,
      title: `${a.title} and ${b.title}, the strictest of each`,
      sha256: hashOf(`${a.sha256}\n${b.sha256}\n`),
      parameters: parameters as unknown as Parameters,
      sources: sources as Record<keyof Parameters, string>,
    }
  }, first)
}
