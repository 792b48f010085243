// `npm stop`: ends the processes of this installation and keeps everything it has. Open notebooks end
// too; homes and shared folders are files in the state directory and stay.
import { existsSync } from "node:fs"
import path from "node:path"
import process from "node:process"
import { Compose } from "../compose.ts"
import { removeLeftovers } from "../containers.ts"
import { engineAnswers } from "../engine.ts"
import { SettingsError, type Installation } from "../installation.ts"
import { loadInstallation } from "../settings.ts"
import { root } from "../launch.js"
import { withLock } from "../lock.ts"
import { unmountBelow } from "../mounts.ts"
import { readIdentity } from "../state.ts"
import { describeFailure, runSteps, type Print, type Step } from "../steps.ts"

export async function stopPlatform(installation: Installation, print: Print): Promise<void> {
  const identity = readIdentity(installation.state)
  if (identity === undefined) {
    print(`  There is no installation ${installation.name} in ${installation.state}.`)
    return
  }
  if (!(await engineAnswers())) {
    print(
      "  Docker Engine does not answer, so nothing of the platform can be stopped through it; nothing was changed.",
    )
    return
  }
  const steps: Step[] = [
    {
      name: "services",
      run: async () => {
        if (!existsSync(path.join(installation.state, "compose.env"))) return "never started"
        const compose = await Compose.of(root, installation)
        // The agent first, so that nobody starts what is being stopped; the database last by its own grace.
        const own = ["edge", "gateway", "control-plane", "node-agent"]
        await compose.run("stop", ...own)
        await compose.run("stop")
        return "stopped"
      },
      advice: "Run npm stop again; `docker ps` shows what is left.",
    },
    {
      name: "notebooks",
      run: async () => {
        const ended = await removeLeftovers(identity.id, installation.project)
        return ended === 0 ? "none were open" : `${ended} containers of notebooks, checks and stages removed`
      },
      advice: "Run npm stop again.",
    },
    {
      name: "mounts",
      run: async () => {
        const held = await unmountBelow(installation.state, false)
        return held.length === 0 ? "released" : `still held: ${held.join(", ")}`
      },
      advice:
        "A program on this machine has a file open below the state directory: end it, run npm stop again.",
    },
  ]
  await withLock(`${installation.state}.lock`, print, () => runSteps(steps, print))
}

async function main(): Promise<number> {
  try {
    const installation = loadInstallation(process.env)
    await stopPlatform(installation, (line) => process.stdout.write(`${line}\n`))
    return 0
  } catch (error) {
    process.stderr.write(error instanceof SettingsError ? `${error.message}\n` : describeFailure(error))
    return 1
  }
}

if (import.meta.main) process.exitCode = await main()
