// The rounds: people work, one process is killed at a random moment, and everybody goes on. A round is
// healed when readiness says so again and both researchers have been answered by their kernels.
import { waitUntil } from "../../../infra/run.ts"
import type { Findings } from "../../support/battery.ts"
import { pause, type Crew } from "./crew.ts"
import type { Researcher } from "./researcher.ts"
import {
  killEngine,
  killOurs,
  killPair,
  OURS,
  programOf,
  runningPids,
  servicePid,
  type Ours,
  type Target,
} from "./targets.ts"
import { LONGEST_WAIT_MS, type Watch } from "./watch.ts"

/** Milliseconds within which the platform is itself again, by what was killed. */
export const HEALS_WITHIN: Readonly<Record<Target, number>> = {
  "control-plane": 45_000,
  gateway: 45_000,
  "node-agent": 45_000,
  custody: 45_000,
  door: 90_000,
  workspace: 90_000,
  engine: 90_000,
}

export interface Round {
  readonly target: Target
  readonly milliseconds: number
}

/** Every target at least `rounds / targets` times, in an order of chance. */
export function planRounds(targets: readonly Target[], rounds: number, random: () => number): Target[] {
  const plan = Array.from({ length: rounds }, (_, n) => targets[n % targets.length] as Target)
  for (let at = plan.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1))
    const kept = plan[at] as Target
    plan[at] = plan[other] as Target
    plan[other] = kept
  }
  return plan
}

export interface Scene {
  readonly crew: Crew
  readonly id: string
  readonly researchers: readonly [Researcher, Researcher]
  readonly watch: Watch
  readonly findings: Findings
  readonly print: (line: string) => void
}

const isOurs = (target: Target): target is Ours => (OURS as readonly string[]).includes(target)

async function strike(scene: Scene, target: Target): Promise<() => Promise<boolean>> {
  const { crew, id, researchers } = scene
  if (isOurs(target)) {
    const old = await killOurs(crew.installation, target)
    return async () => {
      const init = await servicePid(crew.installation, target).catch(() => 0)
      return init !== 0 && programOf(init) !== old
    }
  }
  if (target === "engine") {
    await killEngine()
    return async () => true
  }
  const victim = crew.random() < 0.5 ? researchers[0] : researchers[1]
  const before = victim.sitting?.generation ?? 0
  await killPair(id, target, victim.workspace)
  return async () => (victim.sitting?.generation ?? 0) > before
}

export async function playRound(scene: Scene, target: Target): Promise<Round> {
  const { crew, findings, watch, researchers } = scene
  await pause(crew, 2_000, 7_000)
  const before = await runningPids(scene.id)
  const generations = researchers.map(({ sitting }) => sitting?.generation)
  const kernels = researchers.map(({ sitting }) => sitting?.kernel)
  const killed = performance.now()
  const isBack = await strike(scene, target)
  const struck = performance.now()
  const counts = () =>
    crew.ledger.of("cell").reduce<Record<string, number>>((sum, { who }) => {
      sum[who] = (sum[who] ?? 0) + 1
      return sum
    }, {})
  let base: Record<string, number> | undefined
  let back: number | undefined
  const healed = await waitUntil(
    async () => {
      if (!(await isBack())) return false
      back ??= performance.now()
      const ready = watch.since(struck, "ready").at(-1)
      if (ready?.status !== 200) return false
      // Only cells that were begun after everything was ready count.
      if (base === undefined) {
        base = counts()
        return false
      }
      const now = counts()
      return researchers.every(
        ({ person }) => (now[person.username] ?? 0) > (base?.[person.username] ?? 0) + 1,
      )
    },
    HEALS_WITHIN[target] * 2,
    250,
  )
  const milliseconds = performance.now() - killed
  findings.check(
    healed && milliseconds <= HEALS_WITHIN[target],
    `${target}: healed after ${Math.round(milliseconds / 1000)} s, stated are ${HEALS_WITHIN[target] / 1000} s${healed ? "" : " (not at all)"}`,
  )
  checkSeen(scene, target, killed, (back ?? performance.now()) - killed)
  if (target !== "door" && target !== "workspace") {
    findings.check(
      researchers.every(
        ({ sitting }, n) => sitting?.generation === generations[n] && sitting?.kernel === kernels[n],
      ),
      `${target}: a kernel did not survive`,
    )
  }
  if (target === "engine") {
    const after = await runningPids(scene.id)
    // The agent ends itself, and a check comes to its own end within seconds.
    const lost = [...before].filter(
      ([name, pid]) => !/node-agent|-check-/.test(name) && after.get(name) !== pid,
    )
    findings.check(lost.length === 0, `engine: ${lost.map(([name]) => name).join(", ")} did not live on`)
  }
  scene.print(`  ${target.padEnd(14)} healed in ${(milliseconds / 1000).toFixed(1)} s`)
  return { target, milliseconds }
}

/** The control plane holds a gateway for silent after four seconds, and is asked once a second. */
const NOTICED_AFTER_MS = 8_000

/** People were told: no answer took for ever, none was without a code, and readiness named the part. */
function checkSeen({ watch, findings }: Scene, target: Target, from: number, awayMs: number): void {
  const seen = watch.since(from)
  const slow = seen.filter(({ status, milliseconds }) => status === 0 || milliseconds > LONGEST_WAIT_MS)
  findings.check(
    target === "engine" || slow.length === 0,
    `${target}: ${slow.length} questions had no answer: ${[...new Set(slow.map(({ where, code }) => `${where} ${code}`))].join(", ")}`,
  )
  const bare = seen.filter(
    ({ status, code, missing }) =>
      status >= 400 && missing.length === 0 && (code === "no_code" || code === ""),
  )
  findings.check(
    bare.length === 0,
    `${target}: answers without a code: ${[...new Set(bare.map(({ where, status }) => `${where} ${status}`))].join(", ")}`,
  )
  const PART: Partial<Record<Target, string>> = {
    gateway: "gateway",
    "node-agent": "agent",
    custody: "custody",
    engine: "agent",
  }
  const part = PART[target]
  // Who is back before anybody could notice need not have been said to be away.
  if (part !== undefined && awayMs > NOTICED_AFTER_MS)
    findings.check(
      seen.some(({ missing }) => missing.includes(part)),
      `${target}: readiness never said that the ${part} is away`,
    )
  if (target === "control-plane")
    findings.check(
      seen.some(({ where, status }) => where === "api" && status >= 500),
      `${target}: nobody noticed that it was away`,
    )
}
