// Debian packages the platform needs on the host. Installed only when a command is missing, we are root
// and apt is there; otherwise the message names them.
import { existsSync } from "node:fs"
import { run, tryRun } from "./run.ts"
import { StepFailed } from "./steps.ts"

export interface Need {
  /** any of these commands will do */
  commands: string[]
  packages: string[]
}

export const ENGINE_NEEDS: readonly Need[] = [
  // Newer Debian splits the client off; where there is no such package apt is not asked for it.
  { commands: ["docker"], packages: ["docker.io", "docker-cli"] },
  { commands: ["dockerd"], packages: ["docker.io"] },
  { commands: ["docker-compose"], packages: ["docker-compose"] },
  { commands: ["iptables"], packages: ["iptables"] },
  { commands: ["mount"], packages: ["util-linux", "mount"] },
  { commands: ["tar"], packages: ["tar"] },
]
export const BOOTSTRAP_NEEDS: readonly Need[] = [{ commands: ["debootstrap"], packages: ["debootstrap"] }]
export const INTEGRATION_NEEDS: readonly Need[] = [
  { commands: ["openssl"], packages: ["openssl"] },
  { commands: ["curl"], packages: ["curl"] },
]
export const BROWSER_NEEDS: readonly Need[] = [
  { commands: ["chromium"], packages: ["chromium"] },
  { commands: ["fc-list"], packages: ["fontconfig", "fonts-dejavu-core"] },
]

export function onPath(
  command: string,
  searchPath = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`,
): boolean {
  return searchPath.split(":").some((directory) => directory !== "" && existsSync(`${directory}/${command}`))
}

export function missing(needs: readonly Need[], has: (command: string) => boolean): string[] {
  return [
    ...new Set(
      needs.filter((need) => !need.commands.some((command) => has(command))).flatMap((need) => need.packages),
    ),
  ]
}

export async function ensurePackages(
  needs: readonly Need[],
  has: (command: string) => boolean = onPath,
): Promise<string[]> {
  const wanted = missing(needs, has)
  if (wanted.length === 0) return []
  const advice = `Install ${wanted.join(", ")} with your package manager (Debian: apt-get install ${wanted.join(" ")}).`
  if (process.getuid?.() !== 0)
    throw new StepFailed(`not installed: ${wanted.join(", ")}; only root can install them`, advice)
  if (!onPath("apt-get"))
    throw new StepFailed(`not installed: ${wanted.join(", ")}; there is no apt-get here`, advice)
  const environment = { DEBIAN_FRONTEND: "noninteractive", NEEDRESTART_SUSPEND: "1" }
  await run("apt-get", ["update"], { env: environment })
  const known: string[] = []
  for (const name of wanted)
    if ((await tryRun("apt-cache", ["show", "--no-all-versions", name])).code === 0) known.push(name)
  await run("apt-get", ["install", "-y", "--no-install-recommends", ...known], { env: environment })
  const still = missing(needs, has)
  if (still.length > 0)
    throw new StepFailed(`apt installed ${known.join(", ")} but ${still.join(", ")} is still missing`, advice)
  return known
}
