// Mounts of an installation on the host: the state directory as a shared mount (binds made later must
// reach running containers), and everything mounted below it taken down again on stop.
import { readFileSync } from "node:fs"
import { run, tryRun } from "./run.ts"

export interface Mount {
  point: string
  shared: boolean
}

/** Lines of /proc/self/mountinfo: the fifth field is the place, optional fields follow the sixth. */
export function parseMounts(text: string): Mount[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const fields = line.split(" ")
      const end = fields.indexOf("-")
      const unescape = (field: string) =>
        field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
          String.fromCharCode(Number.parseInt(octal, 8)),
        )
      return {
        point: unescape(fields[4] ?? ""),
        shared: fields.slice(6, end).some((field) => field.startsWith("shared:")),
      }
    })
}

function currentMounts(): Mount[] {
  return parseMounts(readFileSync("/proc/self/mountinfo", "utf8"))
}

export async function ensureShared(directory: string): Promise<boolean> {
  if (currentMounts().some((mount) => mount.point === directory && mount.shared)) return false
  if (!currentMounts().some((mount) => mount.point === directory))
    await run("mount", ["--bind", directory, directory])
  await run("mount", ["--make-rshared", directory])
  return true
}

/** Unmounts what lies below a directory, deepest first, and the directory itself when asked. */
export async function unmountBelow(directory: string, itself: boolean): Promise<string[]> {
  const held: string[] = []
  for (let pass = 0; pass < 8; pass += 1) {
    const points = currentMounts()
      .map(({ point }) => point)
      .filter((point) => point.startsWith(`${directory}/`) || (itself && point === directory))
      .toSorted((a, b) => b.length - a.length)
    if (points.length === 0) return []
    held.splice(0, held.length, ...points)
    for (const point of points) {
      const done = await tryRun("umount", [point])
      if (done.code !== 0) await tryRun("umount", ["--lazy", point])
    }
  }
  return held
}
