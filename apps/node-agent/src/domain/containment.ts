// The second opinion on every container: what must be true of a specification whoever made it. Written
// against the engine's fields and not against our builders, so that a mistake there is caught here.
import type { Layout } from "./layout.ts"
import type { Spec } from "./containers.ts"

/** Everything that our containers set. Whatever else the engine knows, now or in a later version, stays unset. */
const FIELDS: ReadonlySet<string> = new Set([
  ...["name", "Image", "User", "Hostname", "Labels", "StopTimeout", "HostConfig", "Cmd", "Env", "WorkingDir"],
  ...["AttachStdin", "AttachStdout", "AttachStderr", "OpenStdin", "StdinOnce"],
])
const HOST_FIELDS: ReadonlySet<string> = new Set([
  ...["NetworkMode", "Dns", "Memory", "MemorySwap", "CpuPeriod", "CpuQuota", "PidsLimit", "Ulimits"],
  ...["ReadonlyRootfs", "CapDrop", "SecurityOpt", "IpcMode", "CgroupnsMode", "Init", "RestartPolicy"],
  ...["AutoRemove", "LogConfig", "Mounts", "Tmpfs", "ShmSize", "MaskedPaths", "ReadonlyPaths", "Runtime"],
])

/** What is wrong with a specification, in words; empty when it is contained. */
export function containmentFaults(layout: Layout, spec: Spec, internalNetwork: string | null): string[] {
  const host = spec.HostConfig
  if (host === undefined) return ["no host configuration"]
  const faults: string[] = []
  const must = (held: boolean, fault: string): void => {
    if (!held) faults.push(fault)
  }
  const role = spec.Labels?.["glasshouse.role"]

  must(host.Privileged === undefined || host.Privileged === false, "privileged")
  for (const [field, value] of Object.entries(spec))
    must(FIELDS.has(field) || unset(value), `${field} is set`)
  for (const [field, value] of Object.entries(host))
    must(HOST_FIELDS.has(field) || unset(value), `${field} is set`)
  for (const paths of [host.MaskedPaths, host.ReadonlyPaths])
    must(paths === undefined || paths.length > 0, "files of the machine are in sight")
  must(host.IpcMode === "private", "shared IPC namespace")
  must(Reflect.get(host, "CgroupnsMode") === "private", "shared cgroup namespace")
  must(host.ReadonlyRootfs === true, "writable root file system")
  must(Array.isArray(host.CapDrop) && host.CapDrop.join() === "ALL", "capabilities are left")
  must(
    host.RestartPolicy?.Name === "no" && host.AutoRemove === false,
    "the engine would restart or remove it",
  )

  const options = host.SecurityOpt ?? []
  must(options.length === 2 && options[0] === "no-new-privileges", "privileges may be gained")
  must(deniesByDefault(options[1]), "no system call list of our own")

  must(positive(host.Memory) && host.MemorySwap === host.Memory, "memory or swap is not limited")
  must(positive(host.PidsLimit) && positive(host.CpuQuota), "processes or processor time are not limited")

  must(allowedNetwork(host.NetworkMode, role, internalNetwork), `network ${host.NetworkMode ?? "default"}`)
  must(/^[1-9][0-9]*:[1-9][0-9]*$/.test(spec.User ?? ""), "runs as root")
  must(spec.Labels?.["glasshouse.installation"] === layout.installation, "not of this installation")

  for (const mount of host.Mounts ?? []) {
    must(mount.Type === "bind" && mount.VolumeOptions === undefined, `a ${mount.Type} mount`)
    must(allowedSource(layout, spec.Labels ?? {}, mount.Source), `a bind of ${mount.Source}`)
    const propagation = mount.BindOptions?.Propagation
    must(propagation === undefined || propagation === "rslave", `propagation ${propagation}`)
  }
  for (const [target, tmpfs] of Object.entries(host.Tmpfs ?? {})) {
    must(target === "/tmp" && /\bnosuid\b.*\bnodev\b.*\bsize=[1-9]/.test(tmpfs), `a tmpfs on ${target}`)
  }
  return faults
}

function unset(value: unknown): boolean {
  return (
    value === undefined || value === false || value === "" || (Array.isArray(value) && value.length === 0)
  )
}

function positive(value: number | undefined): boolean {
  return value !== undefined && Number.isInteger(value) && value > 0
}

function deniesByDefault(option: string | undefined): boolean {
  if (option === undefined || !option.startsWith("seccomp={")) return false
  try {
    return JSON.parse(option.slice("seccomp=".length)).defaultAction === "SCMP_ACT_ERRNO"
  } catch {
    return false
  }
}

function allowedNetwork(
  mode: string | undefined,
  role: string | undefined,
  internal: string | null,
): boolean {
  if (role === "workspace") return /^container:[0-9a-f]{64}$/.test(mode ?? "")
  if (role === "door" || role === "check") return mode === "none"
  return role === "service" && mode !== undefined && mode === internal && mode !== "host"
}

/** Exactly the directories of this very run, job or stage; compared as text because ids cannot hold dots. */
function allowedSource(layout: Layout, labels: Readonly<Record<string, string>>, source: string): boolean {
  if (!source.startsWith(`${layout.state}/`)) return false
  const inside = source.slice(layout.state.length + 1)
  const of = (name: string): string => labels[`glasshouse.${name}`] ?? "none"
  const role = of("role")
  if (role === "door") return isId(of("run")) && inside === `runs/${of("run")}`
  if (role === "workspace") return isId(of("run")) && inside === `slots/${of("run")}`
  if (role !== "service") return false
  return (
    (/^[a-z]{1,20}$/.test(of("stage")) && inside === `secrets/stage-${of("stage")}`) ||
    (isId(of("job")) && inside === `scratch/${of("job")}`) ||
    inside === "sock/custody" ||
    inside === "demo-data"
  )
}

function isId(text: string): boolean {
  return /^[a-z2-7]{12}$/.test(text)
}
