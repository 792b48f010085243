// Orderly stops during work: SIGTERM ends each of ours in its time, and what was acknowledged is there. The
// engine starts it again, as after every end that nobody ordered from it.
import process from "node:process"
import { waitUntil } from "../../../infra/run.ts"
import { killOurs, OURS, type Ours } from "./targets.ts"
import type { Scene } from "./kills.ts"
import { pause } from "./crew.ts"

const ENDS_WITHIN_MS: Readonly<Record<Ours, number>> = {
  "control-plane": 3_500,
  gateway: 10_000,
  "node-agent": 10_000,
  custody: 10_000,
}

export async function checkStops(scene: Scene): Promise<void> {
  const { crew, findings, print, watch } = scene
  for (const service of OURS) {
    await pause(crew, 1_500, 4_000)
    const began = performance.now()
    const pid = await killOurs(crew.installation, service, "SIGTERM")
    const within = ENDS_WITHIN_MS[service]
    const ended = await waitUntil(async () => !isRunning(pid), within * 4, 50)
    const milliseconds = performance.now() - began
    findings.check(
      ended && milliseconds < within,
      `${service}: SIGTERM took ${(milliseconds / 1000).toFixed(1)} s, stated are ${within / 1000} s`,
    )
    const back = await waitUntil(
      async () => watch.since(began + milliseconds, "ready").at(-1)?.status === 200,
      60_000,
      250,
    )
    findings.check(back, `${service}: not ready again after an orderly stop`)
    print(`  ${service.padEnd(14)} SIGTERM: ended in ${(milliseconds / 1000).toFixed(1)} s`)
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
