// Every container that the agent can make, as pure functions from ids and a profile. There is no
// parameter for privilege, host namespaces, devices, capabilities, free mounts, images or commands, so
// no caller can ask for them; containment.ts says the same thing a second way and is asked before the
// engine is.
import type { ContainerCreateOptions } from "dockerode"
import { PICTURE_KINDS, type StageName } from "#protocol/agent.ts"
import { invalid } from "./errors.ts"
import { requireId } from "./ids.ts"
import {
  containerName,
  custodySocketDirectory,
  demoData,
  runDirectory,
  scratchDirectory,
  slotDirectory,
  stageSecrets,
  type Layout,
  type Role,
} from "./layout.ts"
import type { Profile } from "./profile.ts"

export type Spec = ContainerCreateOptions & { name: string }

export type Images = { readonly workspace: string; readonly door: string; readonly app: string }

/** Whose run it is; ids only. */
export type RunIdentity = {
  readonly run: string
  readonly workspace: string
  readonly project: string
  readonly person: string
}

/** uid:gid of people's processes, of the door, and of our own apps (infra builds the app image so). */
export const WORKSPACE_USER = "1000:1000"
export const DOOR_USER = "65534:65534"
export const APP_USER = "5440:5440"

const MEGABYTE = 1024 * 1024
const CPU_PERIOD_MICROSECONDS = 100_000

export function runLabels(layout: Layout, role: Role, identity: RunIdentity): Record<string, string> {
  return {
    "glasshouse.installation": requireId("installation", layout.installation),
    "glasshouse.role": role,
    "glasshouse.run": requireId("run", identity.run),
    "glasshouse.workspace": requireId("workspace", identity.workspace),
    "glasshouse.project": requireId("project", identity.project),
    "glasshouse.person": requireId("person", identity.person),
  }
}

/** The door owns the network namespace, which has no network, and alone sees the socket directory. */
export function doorSpec(layout: Layout, images: Images, profile: Profile, identity: RunIdentity): Spec {
  return {
    name: containerName(layout, "door", identity.run),
    Image: images.door,
    User: DOOR_USER,
    // Workspaces share this name, so it is the same for all.
    Hostname: "workspace",
    Labels: runLabels(layout, "door", identity),
    HostConfig: {
      ...sealed(profile.seccomp),
      NetworkMode: "none",
      // Without it resolv.conf names the machine's own name server.
      Dns: ["127.0.0.1"],
      ...limits({ memoryMegabytes: 128, cpus: 1, processes: 1024, openFiles: 4096 }),
      Mounts: [{ Type: "bind", Source: runDirectory(layout, identity.run), Target: "/sock" }],
    },
  }
}

/**
 * The workspace joins its door's network namespace and shares nothing else with it. `door` is the
 * engine's id of the running door. The slot is empty at first; home and shared are bound in later.
 */
export function workspaceSpec(
  layout: Layout,
  images: Images,
  profile: Profile,
  identity: RunIdentity,
  door: string,
): Spec {
  if (!/^[0-9a-f]{64}$/.test(door)) throw new TypeError("a door is named by the engine's id")
  return {
    name: containerName(layout, "workspace", identity.run),
    Image: images.workspace,
    User: WORKSPACE_USER,
    Labels: runLabels(layout, "workspace", identity),
    StopTimeout: profile.stopSeconds,
    HostConfig: {
      ...sealed(profile.seccomp),
      ...(profile.runtime === null ? {} : { Runtime: profile.runtime }),
      NetworkMode: `container:${door}`,
      ...limits(profile),
      MaskedPaths: [...profile.maskedPaths],
      ReadonlyPaths: [...profile.readonlyPaths],
      ShmSize: profile.sharedMemoryMegabytes * MEGABYTE,
      Tmpfs: { "/tmp": `rw,nosuid,nodev,exec,size=${profile.temporaryMegabytes}m,mode=1777` },
      Mounts: [
        {
          Type: "bind",
          Source: slotDirectory(layout, identity.run),
          Target: "/work",
          ReadOnly: true,
          BindOptions: { Propagation: "rslave" },
        },
      ],
    },
  }
}

/** The output checker: files come in as a tar on standard input, one JSON document goes out. */
export function checkSpec(
  layout: Layout,
  images: Images,
  seccomp: string,
  id: string,
  asked: CheckAsked,
): Spec {
  const command = ["apps/output-checker/src/cli.ts", "--tar", "--json", ...checkerOptions(asked)]
  return sandboxSpec(layout, images, seccomp, id, command)
}

/** One picture comes in, the same picture written anew goes out. Throws 400 `invalid_kind`. */
export function pictureSpec(
  layout: Layout,
  images: Images,
  seccomp: string,
  id: string,
  kind: unknown,
): Spec {
  if (typeof kind !== "string" || !isPictureKind(kind))
    throw invalid("invalid_kind", `A picture is one of ${PICTURE_KINDS.join(", ")}.`)
  return sandboxSpec(layout, images, seccomp, id, ["apps/output-checker/src/render/cli.ts", kind])
}

function isPictureKind(kind: string): boolean {
  return (PICTURE_KINDS as readonly string[]).includes(kind)
}

function sandboxSpec(
  layout: Layout,
  images: Images,
  seccomp: string,
  id: string,
  command: readonly string[],
): Spec {
  return {
    name: containerName(layout, "check", id),
    Image: images.app,
    User: DOOR_USER,
    Cmd: [...command],
    Env: ["HOME=/tmp"],
    WorkingDir: "/app",
    Labels: {
      "glasshouse.installation": layout.installation,
      "glasshouse.role": "check",
    },
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    StdinOnce: true,
    HostConfig: {
      ...sealed(seccomp),
      NetworkMode: "none",
      Dns: ["127.0.0.1"],
      ...limits({ memoryMegabytes: 2048, cpus: 1, processes: 128, openFiles: 1024 }),
      Tmpfs: { "/tmp": "rw,nosuid,nodev,noexec,size=768m,mode=1777" },
    },
  }
}

/** What a caller wrote, not yet looked at. */
export interface CheckAsked {
  readonly policy?: unknown
  readonly ids?: unknown
  readonly threshold?: unknown
  readonly rounding?: unknown
}

/** The checker's options. Throws 400 `invalid_policy`, `invalid_ids`, `invalid_threshold`, `invalid_rounding`. */
function checkerOptions(asked: CheckAsked): string[] {
  const { policy } = asked
  if (typeof policy !== "string" || !/^[a-z0-9][a-z0-9-]{0,39}$/.test(policy)) {
    throw invalid("invalid_policy", "The policy is named by lower-case letters, digits and dashes.")
  }
  const numbers = (["ids", "threshold", "rounding"] as const).flatMap((name) => {
    const value = asked[name]
    if (value === undefined) return []
    if (typeof value !== "string" || !/^[0-9]{1,16}$/.test(value))
      throw invalid(`invalid_${name}`, `${name} is a whole number.`)
    return [`--${name}`, value]
  })
  return ["--policy", policy, ...numbers]
}

/** Stages that ask custody for the join of identities to pseudonyms. */
const WITH_CUSTODY: ReadonlySet<StageName> = new Set(["link", "deidentify", "extract"])

/**
 * One short-lived data stage: on the internal network, with that stage's store key and nothing else.
 * `network` is the engine's name of the internal network, `environment` the store's address.
 */
export function stageSpec(
  layout: Layout,
  images: Images,
  seccomp: string,
  network: string,
  environment: readonly string[],
  job: string,
  stage: StageName,
): Spec {
  const mounts: NonNullable<NonNullable<Spec["HostConfig"]>["Mounts"]> = [
    {
      Type: "bind",
      Source: stageSecrets(layout, stage),
      Target: "/run/secrets/glasshouse",
      ReadOnly: true,
    },
  ]
  const scratch = scratchDirectory(layout, job)
  mounts.push({ Type: "bind", Source: scratch, Target: scratch })
  if (WITH_CUSTODY.has(stage)) {
    const custody = custodySocketDirectory(layout)
    mounts.push({ Type: "bind", Source: custody, Target: custody, ReadOnly: true })
  }
  if (stage === "land")
    mounts.push({ Type: "bind", Source: demoData(layout), Target: demoData(layout), ReadOnly: true })
  return {
    name: containerName(layout, "stage", job),
    Image: images.app,
    User: APP_USER,
    Cmd: ["apps/data-pipeline/src/main.ts", stage],
    Env: [...environment, `GLASSHOUSE_SCRATCH=${scratch}`, `GLASSHOUSE_DEMO_DATA=${demoData(layout)}`],
    WorkingDir: "/app",
    Labels: {
      "glasshouse.installation": layout.installation,
      "glasshouse.role": "service",
      "glasshouse.job": requireId("job", job),
      "glasshouse.stage": stage,
    },
    AttachStdin: true,
    OpenStdin: true,
    StdinOnce: true,
    HostConfig: {
      ...sealed(seccomp),
      // The result is read from here after a restart of the agent; a stage prints counts, never values.
      LogConfig: { Type: "json-file", Config: { "max-size": "4m", "max-file": "1" } },
      NetworkMode: network,
      ...limits({ memoryMegabytes: 4096, cpus: 2, processes: 256, openFiles: 4096 }),
      Tmpfs: { "/tmp": "rw,nosuid,nodev,noexec,size=2048m,mode=1777" },
      Mounts: mounts,
    },
  }
}

function sealed(seccomp: string) {
  return {
    ReadonlyRootfs: true,
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges", `seccomp=${seccomp}`],
    IpcMode: "private",
    CgroupnsMode: "private" as const,
    Init: true,
    RestartPolicy: { Name: "no" },
    AutoRemove: false,
    // What people print must not pile up in a file that operators read.
    LogConfig: { Type: "none", Config: {} },
  }
}

function limits(of: { memoryMegabytes: number; cpus: number; processes: number; openFiles: number }) {
  return {
    Memory: of.memoryMegabytes * MEGABYTE,
    // Equal to Memory: no swap, so nothing of a workspace is written to the machine's swap device.
    MemorySwap: of.memoryMegabytes * MEGABYTE,
    // Period and quota instead of a number of processors: valid on a machine that has fewer.
    CpuPeriod: CPU_PERIOD_MICROSECONDS,
    CpuQuota: Math.round(of.cpus * CPU_PERIOD_MICROSECONDS),
    PidsLimit: of.processes,
    Ulimits: [
      { Name: "nofile", Soft: of.openFiles, Hard: of.openFiles },
      { Name: "core", Soft: 0, Hard: 0 },
    ],
  }
}
