// `npm run dev`: the platform with our apps run from the working tree, restarted on every change, and the
// console rebuilt on every change. Ends with Ctrl-C; `npm start` puts the built images back.
import { spawn } from "node:child_process"
import { appendFileSync, mkdirSync, rmSync } from "node:fs"
import path from "node:path"
import process from "node:process"
import { Compose } from "../compose.ts"
import { assertSettingsKnown, SettingsError } from "../installation.ts"
import { loadInstallation } from "../settings.ts"
import { root } from "../launch.js"
import { startPlatform } from "../platform.ts"
import { waitHealthy } from "../services.ts"
import { describeFailure } from "../steps.ts"

const APPS = ["control-plane", "gateway", "node-agent", "custody"]

async function main(): Promise<number> {
  const print = (line: string) => process.stdout.write(`${line}\n`)
  try {
    assertSettingsKnown(process.env)
    const installation = loadInstallation(process.env)
    await startPlatform(root, installation, print)
    const web = path.join(root, ".cache", "dev-web")
    mkdirSync(web, { recursive: true })
    appendFileSync(path.join(installation.state, "compose.env"), `GLASSHOUSE_ROOT=${root}\n`)
    // The next start must not take these containers for its own.
    rmSync(path.join(installation.state, ".up-apps"), { force: true })
    const vite = path.join(root, "node_modules", "vite", "bin", "vite.js")
    const console = spawn(process.execPath, [vite, "build", "--watch", "--outDir", web], {
      cwd: path.join(root, "apps", "web"),
      stdio: "inherit",
    })
    const compose = await Compose.of(root, installation, ["compose.dev.yaml"])
    await compose.run("up", "-d", "--no-build", "--no-deps", ...APPS)
    await waitHealthy(installation.project, APPS, 180)
    print(
      `\n  Watching.  ${installation.site.origin}/  (Ctrl-C ends watching; npm start goes back to images)\n`,
    )
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => console.kill("SIGTERM"))
    return await new Promise((resolve) => console.on("exit", () => resolve(0)))
  } catch (error) {
    process.stderr.write(error instanceof SettingsError ? `${error.message}\n` : describeFailure(error))
    return 1
  }
}

if (import.meta.main) process.exitCode = await main()
