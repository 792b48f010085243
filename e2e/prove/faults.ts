// Faults: kill -9 of every process at random moments while people work, a log that cannot be written, the
// same thing asked twice at once, and orderly stops. What was acknowledged must be there afterwards.
import { Findings, randomFrom, type Stack, type Tally } from "../support/battery.ts"
import {
  checkEvents,
  checkReleases,
  checkState,
  checkVerifies,
  settledLog,
  unfinished,
  exportLog,
} from "./faults/afterwards.ts"
import { gather, type Crew } from "./faults/crew.ts"
import { planRounds, playRound, type Round, type Scene } from "./faults/kills.ts"
import { adminWork, checkerWork, holdWork, joinerWork, keepDoing } from "./faults/office.ts"
import { Researcher } from "./faults/researcher.ts"
import { checkDoubles } from "./faults/doubles.ts"
import { goHome } from "./faults/homeward.ts"
import { prepareForLog } from "./faults/prepare.ts"
import { checkStops } from "./faults/stops.ts"
import { checkUnwritable } from "./faults/unwritable.ts"
import { whyNotEngine, type Target } from "./faults/targets.ts"
import { Watch } from "./faults/watch.ts"

export const description = "kill -9 of every process during work, an unwritable log, double clicks, stops"

const ROUNDS = 21
/** By then everything that was begun has an end: an orphaned download waits longest. */
const ENDS_WITHIN_SECONDS = 420
const PROCESSES: readonly Target[] = [
  "control-plane",
  "gateway",
  "node-agent",
  "custody",
  "door",
  "workspace",
]
const PARTS = ["doubles", "kills", "engine", "stops", "log"] as const
type Part = (typeof PARTS)[number]

/**
 * One kill of each of our own processes, for `npm test`: without waiting for what ends by itself later. The
 * installation goes on to be used, so it is left as it was found.
 */
export async function runShort(stack: Stack): Promise<Tally> {
  const findings = new Findings((line) => stack.print(line))
  const random = randomFrom(stack.seed)
  const crew = await gather(stack.installation, stack.seed, random)
  try {
    await killRounds(stack, crew, findings, ["gateway", "control-plane", "node-agent", "custody"], false, 0)
  } finally {
    await goHome(crew, findings)
  }
  return findings.tally()
}

export async function run(stack: Stack): Promise<Tally> {
  const unknown = (stack.parts ?? []).filter((part) => !(PARTS as readonly string[]).includes(part))
  if (unknown.length > 0) throw new Error(`no part ${unknown.join()}; parts are ${PARTS.join(", ")}`)
  const wants = (part: Part) => stack.parts === undefined || stack.parts.includes(part)
  const findings = new Findings((line) => stack.print(line))
  const random = randomFrom(stack.seed)
  const crew = await gather(stack.installation, stack.seed, random)
  const priya = new Researcher(crew, crew.people.priya, crew.liver)
  if (wants("doubles")) await checkDoubles(crew, priya, findings)
  const plan = wants("kills") || wants("engine") ? await planKills(stack, wants, random) : []
  if (plan.length > 0 || wants("stops")) await killRounds(stack, crew, findings, plan, wants("stops"))
  if (wants("log")) {
    crew.over = false
    const prepared = await prepareForLog(crew, new Researcher(crew, crew.people.priya, crew.liver))
    await checkUnwritable(crew, prepared, findings, stack.print)
    stack.print(`  ${await checkVerifies(crew, findings)}`)
  }
  return findings.tally()
}

async function planKills(
  stack: Stack,
  wants: (part: Part) => boolean,
  random: () => number,
): Promise<Target[]> {
  const why = wants("engine") ? await whyNotEngine() : "it was not asked for"
  if (why !== undefined) stack.print(`  the engine is left alone: ${why}`)
  const targets: Target[] = [
    ...(wants("kills") ? PROCESSES : []),
    ...(why === undefined ? (["engine"] as const) : []),
  ]
  return targets.length === 0 ? [] : planRounds(targets, stack.rounds ?? ROUNDS, random)
}

async function killRounds(
  stack: Stack,
  crew: Crew,
  findings: Findings,
  plan: Target[],
  stops: boolean,
  endsWithin = ENDS_WITHIN_SECONDS,
): Promise<void> {
  const from = (await exportLog(crew.people.kwame)).at(-1)?.index ?? 0
  const researchers = [
    new Researcher(crew, crew.people.priya, crew.liver),
    new Researcher(crew, crew.people.hannah, crew.clotting),
  ] as const
  const watch = new Watch(crew.installation, crew.people.priya, () => researchers[0].workspace)
  const id = stack.environment["GLASSHOUSE_INSTALLATION_ID"] ?? ""
  const scene: Scene = { crew, id, researchers, watch, findings, print: stack.print }
  const working = Promise.all([
    ...researchers.map((one) => one.work()),
    keepDoing(crew, checkerWork(crew, crew.people.jonas), 200, 900),
    keepDoing(crew, checkerWork(crew, crew.people.mei), 200, 900),
    keepDoing(crew, adminWork(crew), 300, 1_500),
    keepDoing(crew, joinerWork(crew), 800, 2_500),
    keepDoing(crew, holdWork(crew), 800, 2_500),
  ])
  // A fault of the battery itself is no finding: it ends the run at once.
  const broken = working.then(
    () => new Promise<never>(() => {}),
    (error: unknown) => Promise.reject(error as Error),
  )
  const play = async (): Promise<Round[]> => {
    await begin(crew, researchers)
    watch.start()
    const rounds: Round[] = []
    for (const target of plan) rounds.push(await playRound(scene, target))
    if (stops) await checkStops(scene)
    return rounds
  }
  try {
    const rounds = await Promise.race([play(), broken])
    report(stack, rounds)
  } finally {
    crew.over = true
    await watch.stop()
  }
  await working
  await judge(stack, crew, researchers, { from, endsWithin }, findings)
}

async function begin(crew: Crew, researchers: readonly Researcher[]): Promise<void> {
  const deadline = performance.now() + 40_000
  while (researchers.some(({ sitting }) => (sitting?.cells.length ?? 0) === 0)) {
    if (performance.now() > deadline)
      throw new Error(
        `the researchers have no notebooks after two minutes: ${JSON.stringify([...crew.ledger.silences, ...crew.ledger.refusals])}`,
      )
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

function report(stack: Stack, rounds: readonly Round[]): void {
  for (const target of new Set(rounds.map((round) => round.target))) {
    const times = rounds
      .filter((round) => round.target === target)
      .map(({ milliseconds }) => milliseconds / 1000)
      .toSorted((a, b) => a - b)
    const median = times[Math.floor(times.length / 2)] ?? 0
    stack.print(
      `  ${target.padEnd(14)} ${times.length} kills, healed in ${median.toFixed(1)} s (median), ${(times.at(-1) ?? 0).toFixed(1)} s (longest)`,
    )
  }
}

async function judge(
  stack: Stack,
  crew: Crew,
  researchers: readonly Researcher[],
  { from, endsWithin }: { from: number; endsWithin: number },
  findings: Findings,
): Promise<void> {
  const { ledger } = crew
  for (const wrong of ledger.wrong) findings.check(false, wrong)
  for (const one of researchers) await checkNotebook(crew, one, findings)
  await checkState(crew, findings)
  const rows = await settledLog(crew, from, endsWithin)
  const own = rows.filter(({ index }) => index > from)
  checkEvents(crew, own, findings)
  const releases = checkReleases(own, findings)
  // Without the wait, what began a moment ago may still be open.
  const old = Date.now() - (endsWithin === 0 ? ENDS_WITHIN_SECONDS * 1_000 : 0)
  for (const { index, code } of unfinished(own).filter(({ time }) => Date.parse(time) < old))
    findings.check(false, `${code} at ${index} has no end in the log`)
  const verified = await checkVerifies(crew, findings)
  // A call may wait for the next one-time code (30 s), for its token and for its answer (20 s).
  findings.check(ledger.slowest < 55_000, `an answer took ${Math.round(ledger.slowest / 1000)} s`)
  const count = (counts: Map<string, number>) =>
    [...counts]
      .toSorted((a, b) => b[1] - a[1])
      .map(([code, n]) => `${code} ×${n}`)
      .join(", ")
  stack.print(
    `  ${ledger.facts.length} acknowledged facts (${ledger.of("cell").length} cells, ${ledger.of("file").length} files, ${ledger.of("request").length} requests), ${ledger.open.size} never answered; ${releases} releases, ${ledger.downloads.length} downloads; ${own.length} entries`,
  )
  stack.print(`  refused: ${count(ledger.refusals)}`)
  stack.print(`  no answer: ${count(ledger.silences)}`)
  stack.print(
    `  told of a lost run: ${[...new Set(ledger.told.map(({ code, reason }) => `${code} “${reason}”`))].join("; ")}`,
  )
  stack.print(`  ${verified}`)
}

/** The kernel still knows every cell that it acknowledged, once; saved files are there. */
async function checkNotebook(crew: Crew, one: Researcher, findings: Findings): Promise<void> {
  const { sitting } = one
  const notebook = await settleDown(one)
  if (notebook === undefined || sitting === undefined) {
    findings.check(false, `${one.person.username}: no notebook at the end`)
    return
  }
  const ran = await notebook.run('print("\\n".join(done))')
  const done = ran.text.trim().split("\n")
  findings.check(new Set(done).size === done.length, `${one.person.username}: the kernel ran a cell twice`)
  for (const key of sitting.cells)
    findings.check(done.includes(key), `${one.person.username}: the kernel has forgotten ${key}`)
  for (const { key } of crew.ledger.of("file").filter(({ who }) => who === one.person.username))
    findings.check((await notebook.read(`${key}.txt`)) === `kept by ${key}`, `${key}: saved and not there`)
  notebook.drop()
}

async function settleDown(one: Researcher) {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const notebook = await one.sit().catch(() => undefined)
    if (notebook !== undefined) return notebook
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
  return undefined
}
