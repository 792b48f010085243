// Brings services up and says when they are. What is already running as it should be is left alone: the
// mark in the state directory names what was last brought up.
import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import { Compose } from "./compose.ts"
import { inspectServices, logCommand, logTail, type ServiceState } from "./containers.ts"
import type { Installation } from "./installation.ts"
import { tryRun, waitUntil } from "./run.ts"
import { writeWhole } from "./state.ts"
import { StepFailed } from "./steps.ts"

/** On a machine with too much to do a server's first start takes minutes; one that keeps dying is said at once. */
const PATIENCE_SECONDS = 600

const isHealthy = (state: ServiceState) => state.running && state.health === "healthy"

/**
 * The engine asks every half minute, to cost a small machine nothing. Who waits asks more often, with the
 * same command, and does not wait for the engine's next turn.
 */
async function answersNow(state: ServiceState): Promise<boolean> {
  if (isHealthy(state)) return true
  if (!state.running || state.check.length === 0) return false
  return (await tryRun("docker", ["exec", state.id, ...state.check], { timeout: 10_000 })).code === 0
}

/** Waits for every named service, and says early when one keeps dying. */
export async function waitHealthy(project: string, services: string[], seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000
  let waiting: ServiceState[] = []
  for (;;) {
    const states = await inspectServices(project)
    const asked = states.filter((state) => services.includes(state.service))
    const answers = await Promise.all(asked.map(answersNow))
    waiting = asked.filter((_, index) => answers[index] !== true)
    const absent = services.filter((name) => !states.some((state) => state.service === name))
    if (waiting.length === 0 && absent.length === 0) return
    if (performance.now() > end || waiting.some((state) => state.failing)) break
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  const names = waiting.map((state) => `${state.service} (${state.running ? state.health : "not running"})`)
  const tails = await Promise.all(
    waiting.map(async (state) => `--- ${state.service}\n${await logTail(state.id)}`),
  )
  throw new StepFailed(
    `not ready: ${names.join(", ")}\n${tails.join("\n")}`,
    "Read the lines above (all of them: docker logs CONTAINER), mend the cause, then start again.",
  )
}

/** What a running set of services was made from: the compose file and the values in it. */
function wantedMark(root: string, installation: Installation): string {
  const hash = createHash("sha256")
  for (const file of [path.join(root, "infra", "compose.yaml"), path.join(installation.state, "compose.env")])
    hash.update(readFileSync(file)).update("\0")
  return hash.digest("hex")
}

/** Brings the services up unless all of them run healthy from the same files. Answers what was done. */
export async function bringUp(
  root: string,
  installation: Installation,
  name: string,
  services: string[],
): Promise<string> {
  const file = path.join(installation.state, `.up-${name}`)
  const wanted = `${wantedMark(root, installation)} ${services.join(" ")}`
  const states = await inspectServices(installation.project)
  if (existsSync(file) && readFileSync(file, "utf8") === wanted) {
    const all = services.map((service) => states.find((state) => state.service === service))
    const running = await Promise.all(all.map(async (state) => state !== undefined && answersNow(state)))
    if (running.every(Boolean)) return `running: ${services.join(", ")}`
  }
  const compose = await Compose.of(root, installation)
  // One that died again and again is made anew: its count of deaths says nothing about this start.
  const failing = states.filter((state) => services.includes(state.service) && state.failing)
  if (failing.length > 0)
    await compose.run("rm", "--stop", "--force", ...failing.map(({ service }) => service))
  // What a service depends on was brought up by an earlier call, which waited for it.
  await compose.run("up", "-d", "--no-build", "--no-deps", ...services)
  await waitHealthy(installation.project, services, PATIENCE_SECONDS)
  writeWhole(file, wanted, 0o644)
  return services.join(", ")
}

interface Readiness {
  ready: boolean
  parts: { part: string; ready: boolean; message: string | null }[]
}

/** Asks the control plane, as a browser would reach it but from inside: any address, the site's name. */
export async function waitReady(installation: Installation, seconds: number): Promise<string> {
  let last: Readiness | undefined
  const up = await waitUntil(
    async () => {
      const states = await inspectServices(installation.project)
      const address = states.find((state) => state.service === "control-plane")?.addresses["back"] ?? ""
      try {
        const answer = await fetch(`http://${address}:8080/api/health/ready`, {
          signal: AbortSignal.timeout(5_000),
        })
        last = (await answer.json()) as Readiness
        return last.ready
      } catch {
        return false
      }
    },
    seconds * 1000,
    1_000,
  )
  const parts = last?.parts ?? []
  if (up) return parts.map((one) => one.part).join(", ")
  const missing = parts.filter((one) => !one.ready).map((one) => `${one.part}: ${one.message ?? "not ready"}`)
  throw new StepFailed(
    `the control plane is not ready: ${missing.length > 0 ? missing.join("; ") : "it does not answer"}`,
    `See ${logCommand(installation.project, "control-plane")}, then start again.`,
  )
}
