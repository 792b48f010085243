// A workspace profile: what a data-protection officer reads in policies/workspaces/<name>.json and what
// the agent builds containers from. A profile can set limits and hide more; it cannot open anything.
import { Type, type Static } from "typebox"
import { Compile } from "typebox/compile"
import { invalid } from "./errors.ts"

const HiddenPath = Type.String({ pattern: "^/(proc|sys)/[A-Za-z0-9_./:-]+$", maxLength: 120 })

const ProfileFile = Type.Object(
  {
    name: Type.String({ pattern: "^[a-z0-9-]{1,40}$" }),
    version: Type.Integer({ minimum: 1 }),
    title: Type.String(),
    description: Type.Array(Type.String()),
    memoryMegabytes: Type.Integer({ minimum: 256, maximum: 1_048_576 }),
    cpus: Type.Number({ minimum: 0.1, maximum: 256 }),
    processes: Type.Integer({ minimum: 32, maximum: 32_768 }),
    openFiles: Type.Integer({ minimum: 256, maximum: 1_048_576 }),
    temporaryMegabytes: Type.Integer({ minimum: 16, maximum: 65_536 }),
    sharedMemoryMegabytes: Type.Integer({ minimum: 1, maximum: 65_536 }),
    stopSeconds: Type.Integer({ minimum: 1, maximum: 60 }),
    /** name of an engine runtime such as runsc, or null for the engine's own */
    runtime: Type.Union([Type.Null(), Type.String({ pattern: "^[a-z0-9-]{1,40}$" })]),
    seccomp: Type.String({ pattern: "^[a-z0-9-]{1,40}\\.json$" }),
    maskedPaths: Type.Array(HiddenPath, { minItems: 1, maxItems: 400 }),
    readonlyPaths: Type.Array(HiddenPath, { maxItems: 400 }),
  },
  { additionalProperties: false },
)

const Seccomp = Type.Object({
  defaultAction: Type.Literal("SCMP_ACT_ERRNO"),
  syscalls: Type.Array(Type.Object({ names: Type.Array(Type.String()), action: Type.String() })),
})

export type Profile = Omit<Static<typeof ProfileFile>, "seccomp"> & {
  /** the text of the system call list, as the engine takes it */
  readonly seccomp: string
}

const profileFile = Compile(ProfileFile)
const seccompFile = Compile(Seccomp)

/** Which file a profile's system call list lies in. Throws `invalid_profile`. */
export function seccompFileOf(profile: unknown): string {
  return checkedProfile(profile).seccomp
}

/** Profile and system call list, both as parsed JSON, made one. Throws `invalid_profile`. */
export function parseProfile(profile: unknown, seccomp: unknown): Profile {
  const checked = checkedProfile(profile)
  if (!seccompFile.Check(seccomp)) {
    throw invalid("invalid_profile", `The system call list ${checked.seccomp} does not deny by default.`)
  }
  return { ...checked, seccomp: JSON.stringify(seccomp) }
}

function checkedProfile(profile: unknown): Static<typeof ProfileFile> {
  if (profileFile.Check(profile)) return profile
  const [first] = profileFile.Errors(profile)
  throw invalid(
    "invalid_profile",
    `The workspace profile is wrong at ${first?.instancePath ?? "/"}: ${first?.message ?? "?"}.`,
  )
}
