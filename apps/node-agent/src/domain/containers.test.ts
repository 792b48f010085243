import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import fc from "fast-check"
import { STAGES } from "#protocol/agent.ts"
import {
  checkSpec,
  pictureSpec,
  doorSpec,
  stageSpec,
  workspaceSpec,
  type RunIdentity,
  type Spec,
} from "./containers.ts"
import { containmentFaults } from "./containment.ts"
import { parseProfile, type Profile } from "./profile.ts"

const policies = join(import.meta.dirname, "../../../../policies/workspaces")
const standardFile: unknown = JSON.parse(readFileSync(join(policies, "standard.json"), "utf8"))
const seccompFile: unknown = JSON.parse(readFileSync(join(policies, "seccomp.json"), "utf8"))
const standard = parseProfile(standardFile, seccompFile)

const layout = { state: "/var/lib/glasshouse/main", installation: "abcdefghijkl" }
const images = { workspace: "glasshouse/workspace:1", door: "glasshouse/door:1", app: "glasshouse/app:1" }
const door = "a".repeat(64)
const NETWORK = "glasshouse-main_back"

const id = fc.string({
  minLength: 12,
  maxLength: 12,
  unit: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz234567"),
})
const hostile = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "../../../../..",
    "/run/docker.sock",
    "abcdefghijkl/..",
    "../../../etc",
    "abcde/../../",
    "host",
    "container:x",
    "abcdefghijkl\n",
    "__proto__",
    "",
  ),
)
const anyId = fc.oneof(id, hostile)
const identity = fc.record<RunIdentity>({ run: anyId, workspace: anyId, project: anyId, person: anyId })

/** The shipped profile with any of its members replaced by anything. */
const anyProfile = fc
  .dictionary(fc.constantFrom(...Object.keys(standardFile as object), "privileged", "Binds"), fc.anything(), {
    maxKeys: 4,
  })
  .map((changes) => ({ ...(standardFile as object), ...changes }))

/** `npm run prove -- walls` asks for many more, from its seed. */
const { GLASSHOUSE_FUZZ_RUNS: runs, GLASSHOUSE_FUZZ_SEED: seed } = process.env
const FUZZ = { numRuns: Number(runs ?? 500), ...(seed === undefined ? {} : { seed: Number(seed) }) }

function built(make: () => Spec): Spec | null {
  try {
    return make()
  } catch {
    return null
  }
}

function assertContained(spec: Spec | null): void {
  if (spec === null) return
  assert.deepEqual(containmentFaults(layout, spec, NETWORK), [])
  const text = JSON.stringify({ ...spec, HostConfig: { ...spec.HostConfig, SecurityOpt: [] } })
  assert.doesNotMatch(text, /docker\.sock|"Privileged":true|"host"|\.\./)
}

test("no input makes a door, workspace, check or stage that is not contained", () => {
  fc.assert(
    fc.property(
      identity,
      anyProfile,
      anyId,
      fc.constantFrom(...STAGES),
      anyId,
      (who, file, other, stage, policy) => {
        let profile: Profile = standard
        try {
          profile = parseProfile(file, seccompFile)
        } catch {
          // A profile that is refused never reaches a container.
        }
        assertContained(built(() => doorSpec(layout, images, profile, who)))
        assertContained(built(() => workspaceSpec(layout, images, profile, who, door)))
        assertContained(built(() => workspaceSpec(layout, images, profile, who, other)))
        const asked = { policy, ids: policy, threshold: other, rounding: file }
        assertContained(built(() => checkSpec(layout, images, profile.seccomp, other, asked)))
        assertContained(built(() => pictureSpec(layout, images, profile.seccomp, other, policy)))
        assertContained(built(() => stageSpec(layout, images, profile.seccomp, NETWORK, [], other, stage)))
      },
    ),
    FUZZ,
  )
})

test("hostile ids are refused before anything is built", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      fc.pre(!/^[a-z2-7]{12}$/.test(text))
      const who = { run: text, workspace: "abcdefghijkl", project: "abcdefghijkl", person: "abcdefghijkl" }
      assert.throws(() => doorSpec(layout, images, standard, who), { code: "invalid_id" })
      assert.throws(() => checkSpec(layout, images, standard.seccomp, text, { policy: "opensafely" }), {
        code: "invalid_id",
      })
      assert.throws(() => pictureSpec(layout, images, standard.seccomp, text, "png"), { code: "invalid_id" })
      assert.throws(() => stageSpec(layout, images, standard.seccomp, NETWORK, [], text, "land"), {
        code: "invalid_id",
      })
    }),
  )
})

const who = {
  run: "runrunrunrun",
  workspace: "workworkwork",
  project: "projprojproj",
  person: "perspersonaa",
}

test("containment sees every loosening, whoever made it", () => {
  const good = workspaceSpec(layout, images, standard, who, door)
  assert.deepEqual(containmentFaults(layout, good, NETWORK), [])
  const loosened: [string, Record<string, unknown>][] = [
    ["privileged", { Privileged: true }],
    ["PidMode", { PidMode: "host" }],
    ["UsernsMode", { UsernsMode: "host" }],
    ["IPC", { IpcMode: "host" }],
    ["cgroup namespace", { CgroupnsMode: "host" }],
    ["network", { NetworkMode: "host" }],
    ["network", { NetworkMode: NETWORK }],
    ["capabilities", { CapDrop: [] }],
    ["CapAdd", { CapAdd: ["SYS_ADMIN"] }],
    [
      "Devices",
      { Devices: [{ PathOnHost: "/dev/vda", PathInContainer: "/dev/vda", CgroupPermissions: "rwm" }] },
    ],
    ["Binds", { Binds: ["/:/host"] }],
    ["writable root", { ReadonlyRootfs: false }],
    ["privileges", { SecurityOpt: [good.HostConfig?.SecurityOpt?.[1] ?? ""] }],
    ["system call list", { SecurityOpt: ["no-new-privileges", "seccomp=unconfined"] }],
    [
      "system call list",
      { SecurityOpt: ["no-new-privileges", 'seccomp={"defaultAction":"SCMP_ACT_ALLOW"}'] },
    ],
    ["memory", { MemorySwap: -1 }],
    ["processes", { PidsLimit: 0 }],
    ["docker.sock", { Mounts: [{ Type: "bind", Source: "/run/docker.sock", Target: "/s" }] }],
    ["slots", { Mounts: [{ Type: "bind", Source: `${layout.state}/slots`, Target: "/work" }] }],
    [
      "slots",
      { Mounts: [{ Type: "bind", Source: `${layout.state}/slots/runrunrunrun/../x`, Target: "/work" }] },
    ],
    [
      "secrets",
      { Mounts: [{ Type: "bind", Source: `${layout.state}/secrets/stage-land`, Target: "/work" }] },
    ],
    [
      "propagation",
      { Mounts: [{ ...good.HostConfig?.Mounts?.[0], BindOptions: { Propagation: "rshared" } }] },
    ],
    ["tmpfs", { Tmpfs: { "/etc": "rw,nosuid,nodev,size=1m" } }],
    ["restart", { RestartPolicy: { Name: "always" } }],
    ["Sysctls", { Sysctls: { "net.ipv4.ip_unprivileged_port_start": "0" } }],
    ["DeviceRequests", { DeviceRequests: [{ Driver: "nvidia", Count: -1 }] }],
    ["VolumesFrom", { VolumesFrom: ["glasshouse-abcdefghijkl-workspace-otherotherot"] }],
    ["PortBindings", { PortBindings: { "8888/tcp": [{ HostPort: "8888" }] } }],
    ["OomKillDisable", { OomKillDisable: true }],
    ["StorageOpt", { StorageOpt: { size: "100G" } }],
    ["SomethingNew", { SomethingNew: "of a later engine" }],
    ["in sight", { MaskedPaths: [] }],
    ["in sight", { ReadonlyPaths: [] }],
    ["a volume mount", { Mounts: [{ Type: "volume", Source: "other-project", Target: "/work" }] }],
    ["slots", { Mounts: [{ Type: "bind", Source: `${layout.state}/slots/otherotherot`, Target: "/work" }] }],
    ["runs", { Mounts: [{ Type: "bind", Source: `${layout.state}/runs/runrunrunrun`, Target: "/work" }] }],
    ["homes", { Mounts: [{ Type: "bind", Source: `${layout.state}/homes`, Target: "/work" }] }],
  ]
  for (const [what, change] of loosened) {
    const spec = { ...good, HostConfig: { ...good.HostConfig, ...change } }
    const faults = containmentFaults(layout, spec as Spec, NETWORK).join("; ")
    assert.ok(faults.includes(what), `${what}: ${faults || "nothing seen"}`)
  }
  assert.match(containmentFaults(layout, { ...good, User: "0:0" }, NETWORK).join(), /root/)
  for (const extra of [
    { Volumes: { "/other": {} } },
    { NetworkingConfig: { EndpointsConfig: { [NETWORK]: {} } } },
    { Entrypoint: ["/bin/sh"] },
  ])
    assert.match(
      containmentFaults(layout, { ...good, ...extra } as Spec, NETWORK).join(),
      new RegExp(`${Object.keys(extra)[0]} is set`),
    )
  for (const stage of STAGES) {
    const other = { "glasshouse.stage": STAGES.find((one) => one !== stage) ?? "" }
    const spec = stageSpec(layout, images, standard.seccomp, NETWORK, [], "jobjobjobjob", stage)
    assert.deepEqual(containmentFaults(layout, spec, NETWORK), [])
    const claimed = { ...spec, Labels: { ...spec.Labels, ...other } }
    assert.match(containmentFaults(layout, claimed, NETWORK).join(), /a bind of .*secrets/)
  }
  assert.match(
    containmentFaults({ ...layout, installation: "bbbbbbbbbbbb" }, good, NETWORK).join(),
    /installation/,
  )
})

test("no field with any value at all passes beside the known ones", () => {
  const good = workspaceSpec(layout, images, standard, who, door)
  const fields = Object.keys({ ...good.HostConfig })
  const value = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.integer(),
    fc.constant(true),
    fc.dictionary(fc.string(), fc.string()),
  )
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), value, (field, anything) => {
      fc.pre(!fields.includes(field) && !["Privileged", "__proto__"].includes(field))
      const spec = { ...good, HostConfig: { ...good.HostConfig, [field]: anything } }
      assert.notDeepEqual(containmentFaults(layout, spec as Spec, NETWORK), [])
    }),
    FUZZ,
  )
})

test("a workspace is told nothing about whose it is", () => {
  const spec = workspaceSpec(layout, images, standard, who, door)
  const seen = { Env: spec.Env, Cmd: spec.Cmd, Hostname: spec.Hostname, User: spec.User }
  for (const secret of [who.workspace, who.project, who.person])
    assert.ok(!JSON.stringify(seen).includes(secret))
  const mounts = JSON.stringify(spec.HostConfig?.Mounts)
  for (const secret of [who.workspace, who.project, who.person]) assert.ok(!mounts.includes(secret))
})

test("only the stages that join identities see custody, and only the first one sees data to land", () => {
  for (const stage of STAGES) {
    const mounts = JSON.stringify(
      stageSpec(layout, images, standard.seccomp, NETWORK, [], "jobjobjobjob", stage).HostConfig?.Mounts,
    )
    assert.equal(mounts.includes("sock/custody"), ["link", "deidentify", "extract"].includes(stage), stage)
    assert.equal(mounts.includes("demo-data"), stage === "land", stage)
    assert.equal([...mounts.matchAll(/\/secrets\/stage-/g)].length, 1, stage)
    assert.ok(mounts.includes(`secrets/stage-${stage}"`), stage)
  }
})

test("a profile with an unknown, missing or widening member is refused", () => {
  for (const wrong of [
    { ...(standardFile as object), privileged: true },
    { ...(standardFile as object), maskedPaths: [] },
    { ...(standardFile as object), maskedPaths: ["/etc/passwd"] },
    { ...(standardFile as object), seccomp: "../../x.json" },
    { ...(standardFile as object), processes: -1 },
    null,
  ]) {
    assert.throws(() => parseProfile(wrong, seccompFile), { code: "invalid_profile" })
  }
  assert.throws(() => parseProfile(standardFile, { defaultAction: "SCMP_ACT_ALLOW", syscalls: [] }), {
    code: "invalid_profile",
  })
})

test("what a check is told are whole numbers and a name, and nothing else becomes an option", () => {
  const id = "abcdefghijkl"
  const command = (asked: object) => checkSpec(layout, images, standard.seccomp, id, asked).Cmd
  assert.deepEqual(command({ policy: "sail", ids: "4294967296", threshold: "7", rounding: "5" })?.slice(1), [
    "--tar",
    "--json",
    "--policy",
    "sail",
    "--ids",
    "4294967296",
    "--threshold",
    "7",
    "--rounding",
    "5",
  ])
  for (const asked of [
    { policy: "--policies" },
    { policy: "../x" },
    { policy: "sail", threshold: "-1" },
    { policy: "sail", threshold: ["7"] },
    { policy: "sail", rounding: "--json" },
    { policy: "sail", ids: "1e9" },
  ])
    assert.throws(() => command(asked), /whole number|named by/)
  for (const kind of ["../png", "--tar", "PNG", "", undefined, ["png"]])
    assert.throws(() => pictureSpec(layout, images, standard.seccomp, id, kind), { code: "invalid_kind" })
})
