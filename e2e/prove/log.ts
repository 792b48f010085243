// The log before readers who do not trust us: two verifiers, one of them not ours, read the running
// platform, then a table of tamperings with mirrors of it. Both must accept what is honest and refuse each
// tampering. Only reads, so it may be run beside anything.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import process from "node:process"
import { formatVkey } from "#transparency/note.ts"
import { makeTestLog } from "#transparency/testing.ts"
import { parseLogList } from "#transparency/verify-log.ts"
import { root } from "../../infra/launch.js"
import { tryRun } from "../../infra/run.ts"
import { Findings, type Stack, type Tally } from "../support/battery.ts"
import { makeHonest, pin, standIn, TAMPERINGS, type Files, type Honest } from "./log/tamperings.ts"
import { buildGoVerifier, ours, type Verifier } from "./log/verifiers.ts"

export const description = "two verifiers, one not ours, on the running log and on every tampering with it"

/** A tree of three levels of tiles, which no new installation has yet. */
const LARGE = 66_049

export async function run(stack: Stack): Promise<Tally> {
  const findings = new Findings(stack.print)
  const site = stack.environment["GLASSHOUSE_SITE"] ?? ""
  await readLog(site, findings, stack.print)
  return findings.tally()
}

export async function readLog(
  site: string,
  findings: Findings,
  print: (line: string) => void,
): Promise<void> {
  const place = mkdtempSync(path.join(tmpdir(), "log-mirror-"))
  try {
    const verifiers = [ours, await buildGoVerifier(print)]
    const mirror = path.join(place, "mirror")
    const cli = ["apps/transparency/src/cli.ts", "export", mirror, "--url", site]
    const exported = await tryRun(process.execPath, cli, { cwd: root })
    if (!findings.check(exported.code === 0, `export: ${exported.stdout}${exported.stderr}`)) return
    const files = readMirror(mirror)
    const listed = parseLogList(files.get("logs.json")!)
    findings.check(listed.length >= 2, `two logs are listed, not ${listed.length}`)
    await acceptsPlatform(
      site,
      mirror,
      listed.map(({ vkey }) => vkey),
      verifiers,
      findings,
    )
    for (const log of listed) {
      const honest = await makeHonest(standIn(files, log))
      await playTable(`${log.name} (${honest.log.entries.length})`, honest, {
        place,
        verifiers,
        findings,
        print,
      })
    }
    const large = await makeHonest(makeTestLog("large", LARGE))
    await playTable(`a log of ${LARGE}`, large, { place, verifiers, findings, print })
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

function readMirror(directory: string): Files {
  const files: Files = new Map()
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = path.join(entry.parentPath, entry.name)
    files.set(path.relative(directory, file), readFileSync(file))
  }
  return files
}

function writeMirror(directory: string, files: Files, before: Files): void {
  for (const [name, body] of files) {
    if (before.get(name) === body) continue
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true })
    writeFileSync(path.join(directory, name), body)
  }
  for (const name of before.keys()) if (!files.has(name)) rmSync(path.join(directory, name))
}

async function acceptsPlatform(
  site: string,
  mirror: string,
  vkeys: string[],
  verifiers: readonly Verifier[],
  findings: Findings,
): Promise<void> {
  const policy = path.join(path.dirname(mirror), "policy")
  writeFileSync(policy, `${vkeys.map((vkey) => `log ${vkey}\n`).join("")}quorum none\n`)
  for (const verifier of verifiers)
    for (const source of [{ url: site }, { dir: mirror }]) {
      const { accepted, said } = await verifier.ask({ source, vkeys, policy })
      findings.check(accepted, `${verifier.name} does not accept the platform's own log: ${said}`)
    }
}

interface Table {
  place: string
  verifiers: readonly Verifier[]
  findings: Findings
  print: (line: string) => void
}

async function playTable(
  what: string,
  honest: Honest,
  { place, verifiers, findings, print }: Table,
): Promise<void> {
  const dir = mkdtempSync(path.join(place, "table-"))
  const policy = `${dir}-policy`
  const known = `${dir}-known`
  writeFileSync(policy, pin(honest))
  writeFileSync(known, honest.earlier)
  const question = { source: { dir }, vkeys: [formatVkey(honest.log.signer.key)], policy }
  let there: Files = new Map()
  const put = (files: Files): void => {
    writeMirror(dir, files, there)
    there = files
  }
  const expect = async (accepted: boolean, name: string, withKnown: boolean): Promise<void> => {
    for (const verifier of verifiers) {
      const answer = await verifier.ask({ ...question, ...(withKnown ? { known } : {}) })
      const wrong = accepted ? "is refused" : "is accepted"
      findings.check(
        answer.accepted === accepted,
        `${what}: ${name} ${wrong} by ${verifier.name}: ${answer.said}`,
      )
    }
  }
  put(honest.files)
  await expect(true, "the honest log", true)
  let played = 0
  for (const { name, needsEarlier, apply } of TAMPERINGS) {
    const files = await apply(honest)
    if (files === undefined) continue
    played += 1
    put(files)
    // Who kept nothing cannot know: that both accept it then shows that nothing else was wrong with it.
    if (needsEarlier) await expect(true, `${name}, to a reader who kept nothing,`, false)
    await expect(false, name, needsEarlier === true)
  }
  put(honest.files)
  await expect(true, "the honest log again", true)
  findings.check(played >= TAMPERINGS.length - 5, `${what}: only ${played} tamperings could be played`)
  print(`  ${what}: ${played} tamperings, each before ${verifiers.length} verifiers`)
}
