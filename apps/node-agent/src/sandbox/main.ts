// Runs inside a check's container: takes a tar from standard input, keeps its regular files, and becomes
// the output checker over them. Folders of the archive say what a file is: `files/` is checked,
// `supporting/` and `evidence/` are read beside it, `previous/` and `ledger/` are earlier releases.
// Exit 64: the archive is not what was agreed; otherwise the checker's own exit code.
import { spawnSync } from "node:child_process"
import { createWriteStream } from "node:fs"
import { mkdir } from "node:fs/promises"
import { dirname, join } from "node:path"
import { pipeline } from "node:stream/promises"
import { extract } from "tar-stream"
import { placeOf } from "./archive.ts"

const ROOT = "/tmp/in"
const CHECKER = "/app/apps/output-checker/src/main.ts"

const placed: Record<string, string[]> = { files: [], supporting: [], evidence: [], previous: [], ledger: [] }
try {
  for await (const entry of process.stdin.pipe(extract())) {
    const { type, name } = entry.header
    if (type === "directory") {
      entry.resume()
      continue
    }
    const place = placeOf(type ?? "file", name)
    const target = join(ROOT, place.folder, place.path)
    await mkdir(dirname(target), { recursive: true })
    await pipeline(entry, createWriteStream(target, { flags: "wx", mode: 0o600 }))
    placed[place.folder]?.push(place.path)
  }
  if (placed["files"]?.length === 0) throw new Error("the archive has no file to check")
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error))
  process.exit(64)
}

const options = [
  ...(placed["supporting"] ?? []).flatMap((path) => ["--supporting", join(ROOT, "supporting", path)]),
  ...(placed["evidence"] ?? []).flatMap((path) => ["--evidence", join(ROOT, "evidence", path)]),
  ...((placed["previous"] ?? []).length > 0 ? ["--previous", join(ROOT, "previous")] : []),
  ...((placed["ledger"] ?? []).length > 0 ? ["--ledger", join(ROOT, "ledger")] : []),
]
const checker = spawnSync(
  process.execPath,
  [
    CHECKER,
    ...process.argv.slice(2),
    ...options,
    "--json",
    ...(placed["files"] ?? []).map((path) => `./${path}`),
  ],
  { cwd: join(ROOT, "files"), stdio: ["ignore", "inherit", "inherit"] },
)
process.exitCode = checker.status ?? 70
