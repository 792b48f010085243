// The running containers of an installation, as the engine sees them: what compose.yaml promises is what
// runs. Works on the installation that the tests started.
import assert from "node:assert/strict"
import { test } from "node:test"
import { listContainers } from "./containers.ts"
import { run } from "./run.ts"

interface Container {
  Name: string
  Config: { Labels: Record<string, string>; User: string; Env: string[] }
  HostConfig: {
    ReadonlyRootfs: boolean
    CapDrop: string[] | null
    CapAdd: string[] | null
    SecurityOpt: string[] | null
    Memory: number
    NanoCpus: number
    PidsLimit: number | null
    Privileged: boolean
    PortBindings: Record<string, { HostIp: string; HostPort: string }[]> | null
    NetworkMode: string
    PidMode: string
    IpcMode: string
    LogConfig: { Config: Record<string, string> }
    RestartPolicy: { Name: string }
  }
  Mounts: { Source: string; Destination: string; RW: boolean }[]
  State: { Health?: { Status: string } }
}

const setting = (name: string) => {
  const value = process.env[name]
  assert.ok(value, `${name} is set by the test stack`)
  return value
}

async function services(): Promise<Map<string, Container>> {
  const ids = await listContainers({ "com.docker.compose.project": setting("GLASSHOUSE_PROJECT") })
  const all = JSON.parse(await run("docker", ["inspect", ...ids])) as Container[]
  return new Map(all.map((one) => [one.Config.Labels["com.docker.compose.service"] ?? "", one]))
}

test("all nine services run, healthy, and carry the installation's labels", async () => {
  const all = await services()
  assert.deepEqual([...all.keys()].toSorted(), [
    "control-plane",
    "custody",
    "edge",
    "gateway",
    "keycloak",
    "mail",
    "minio",
    "node-agent",
    "postgresql",
  ])
  for (const [name, one] of all) {
    assert.equal(one.State.Health?.Status, "healthy", name)
    assert.equal(one.Config.Labels["glasshouse.installation"], setting("GLASSHOUSE_INSTALLATION_ID"), name)
    assert.equal(one.Config.Labels["glasshouse.role"], "service", name)
  }
})

test("every service is read-only, unprivileged and limited", async () => {
  for (const [name, one] of await services()) {
    const host = one.HostConfig
    assert.equal(host.ReadonlyRootfs, true, name)
    assert.equal(host.Privileged, false, name)
    assert.deepEqual(host.CapDrop, ["ALL"], name)
    assert.ok(
      host.SecurityOpt?.some((option) => option.startsWith("no-new-privileges")),
      name,
    )
    assert.ok(host.Memory > 0 && host.NanoCpus > 0 && (host.PidsLimit ?? 0) > 0, `${name} has limits`)
    assert.notEqual(host.PidMode, "host", name)
    assert.notEqual(host.IpcMode, "host", name)
    assert.notEqual(host.NetworkMode, "host", name)
    assert.ok(Number(host.LogConfig.Config["max-file"]) <= 3, `${name} has a bounded log`)
    assert.equal(host.RestartPolicy.Name, "unless-stopped", name)
    if (name !== "node-agent") {
      assert.equal(host.CapAdd ?? null, null, name)
      assert.doesNotMatch(one.Config.User, /^(|0|root)(:|$)/, `${name} does not run as root`)
    }
  }
})

test("only the edge is published, on loopback, and only the node agent has the engine's socket", async () => {
  for (const [name, one] of await services()) {
    const published = Object.values(one.HostConfig.PortBindings ?? {}).flat()
    assert.equal(published.length, name === "edge" ? 1 : 0, name)
    for (const { HostIp } of published) assert.equal(HostIp, "127.0.0.1")
    const sockets = one.Mounts.filter(({ Source }) => Source.endsWith("docker.sock"))
    assert.equal(sockets.length, name === "node-agent" ? 1 : 0, name)
  }
})

test("a service has its own secrets and no one else's, none of them in its environment", async () => {
  const state = setting("GLASSHOUSE_STATE_DIR")
  const owners: Record<string, string[]> = {
    "control-plane": ["secrets/control-plane", "keys"],
    custody: ["secrets/custody", "keys"],
    gateway: ["secrets/gateway"],
    keycloak: ["secrets/keycloak"],
    minio: ["secrets/minio"],
    postgresql: ["secrets/postgresql"],
  }
  const keys = new Map<string, string[]>()
  for (const [name, one] of await services()) {
    if (name === "node-agent") continue
    for (const { Source, RW } of one.Mounts) {
      const place = Source.slice(state.length + 1)
      if (!/^(secrets|keys)(\/|$)/.test(place)) continue
      assert.equal(RW, false, `${name} cannot change ${place}`)
      assert.ok(
        (owners[name] ?? []).some((owner) => place === owner || place.startsWith(`${owner}/`)),
        `${name}: ${place}`,
      )
      if (place.startsWith("keys/")) keys.set(place, [...(keys.get(place) ?? []), name])
    }
    assert.deepEqual(
      one.Config.Env.filter(
        (line) => /(PASSWORD|SECRET|TOKEN|KEY)[A-Z_]*=./.test(line) && !/_DIR=/.test(line),
      ),
      [],
      name,
    )
  }
  for (const [key, holders] of keys) assert.equal(holders.length, 1, `${key} has one holder`)
})

test("what only ours may reach hangs on a network without a way out", async () => {
  const networks = JSON.parse(
    await run("docker", ["network", "inspect", `${setting("GLASSHOUSE_PROJECT")}_back`]),
  ) as { Internal: boolean }[]
  assert.equal(networks[0]?.Internal, true)
  for (const [name, one] of await services())
    if (["postgresql", "minio", "custody", "mail"].includes(name))
      assert.equal(one.HostConfig.NetworkMode, `${setting("GLASSHOUSE_PROJECT")}_back`, name)
})

test("no image that runs holds the host's certificate authorities or a build tool", async () => {
  const images = new Set((await services()).keys())
  assert.ok(images.size > 0)
  for (const name of ["edge", "postgresql", "minio", "keycloak", "gateway"]) {
    const one = (await services()).get(name)
    const look =
      "ls /usr/local/share/ca-certificates 2>/dev/null; ls /ca* /tmp/ca* 2>/dev/null; command -v go mvn gcc git pip npm; true"
    const found = await run("docker", ["exec", one?.Name.slice(1) ?? "", "sh", "-c", look])
    assert.equal(found.trim(), "", name)
  }
})
