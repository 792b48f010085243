// `npm run reset`: deletes one installation with everything in it, after asking. Images stay: they hold
// nothing of an installation.
import { existsSync, rmSync } from "node:fs"
import path from "node:path"
import process from "node:process"
import { createInterface } from "node:readline/promises"
import { Compose } from "../compose.ts"
import { removeLeftovers } from "../containers.ts"
import { engineAnswers } from "../engine.ts"
import { SettingsError, type Installation } from "../installation.ts"
import { loadInstallation } from "../settings.ts"
import { root } from "../launch.js"
import { withLock } from "../lock.ts"
import { unmountBelow } from "../mounts.ts"
import { run, tryRun } from "../run.ts"
import { readIdentity } from "../state.ts"
import { describeFailure, runSteps, StepFailed, type Print, type Step } from "../steps.ts"

/** Removes containers, networks, mounts and files. Refuses while something mounted below cannot be let go. */
export async function removeInstallation(installation: Installation, print: Print): Promise<void> {
  const { state, project } = installation
  const identity = readIdentity(state)
  if (identity === undefined && existsSync(state))
    throw new StepFailed(
      `${state} is not an installation of Glasshouse`,
      "Nothing was deleted. Look at it yourself.",
    )
  if (identity === undefined) return print(`  There is no installation ${installation.name}.`)
  if (!(await engineAnswers()))
    throw new StepFailed(
      "Docker Engine does not answer",
      "Start it (npm start does), then reset again. Nothing was deleted.",
    )
  const steps: Step[] = [
    {
      name: "containers",
      run: async () => {
        const started = existsSync(path.join(state, "compose.env"))
        const compose = started ? await Compose.of(root, installation) : undefined
        // The agent first, so that nothing new appears; then what hangs on the networks; then those.
        await compose?.run("stop", "--timeout", "10", "node-agent", "control-plane", "gateway")
        await removeLeftovers(identity.id, project)
        await compose?.run("down", "--volumes", "--remove-orphans", "--timeout", "10")
        const networks = await run("docker", [
          "network",
          "ls",
          "-q",
          "--filter",
          `label=glasshouse.installation=${identity.id}`,
        ])
        for (const network of networks.split("\n").filter((line) => line !== ""))
          await tryRun("docker", ["network", "rm", network])
        return "removed"
      },
      advice: "Run npm run reset again; `docker ps -a` shows what is left.",
    },
    {
      name: "state",
      run: async () => {
        const held = await unmountBelow(state, true)
        if (held.length > 0)
          throw new StepFailed(`still mounted: ${held.join(", ")}`, "End what uses it, then reset again.")
        rmSync(state, { recursive: true, force: true })
        return `${state} deleted`
      },
      advice: `Look at ${state}.`,
    },
  ]
  await withLock(`${installation.state}.lock`, print, () => runSteps(steps, print))
}

async function confirm(installation: Installation): Promise<boolean> {
  if (process.argv.includes("--yes")) return true
  if (process.stdin.isTTY !== true) {
    process.stderr.write("  Nobody is there to ask. To delete without being asked: npm run reset -- --yes\n")
    return false
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  process.stdout.write(
    `\n  This deletes the installation ${installation.name}: data, log, accounts, keys and homes in ${installation.state}.\n`,
  )
  const answer = await terminal.question(`  Type its name (${installation.name}) to delete it: `)
  terminal.close()
  return answer.trim() === installation.name
}

async function main(): Promise<number> {
  try {
    const installation = loadInstallation(process.env)
    if (!(await confirm(installation))) {
      process.stdout.write("  Nothing was deleted.\n")
      return 1
    }
    await removeInstallation(installation, (line) => process.stdout.write(`${line}\n`))
    return 0
  } catch (error) {
    process.stderr.write(error instanceof SettingsError ? `${error.message}\n` : describeFailure(error))
    return 1
  }
}

if (import.meta.main) process.exitCode = await main()
