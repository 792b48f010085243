// `npm run log -- verify …` and `npm run log -- export DIR`. Exit code 0: everything verified; 1: it did
// not, and what is wrong is said; 2: wrong use.
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { hash } from "node:crypto"
import path from "node:path"
import { parseArgs } from "node:util"
import { formatGrowth } from "./add-checkpoint.ts"
import { fromUtf8, parseDecimal } from "./bytes.ts"
import { directoryFetcher, siteFetcher } from "./fetchers.ts"
import { proveGrowth } from "./growth.ts"
import { parsePolicy } from "./policy.ts"
import { parseLogList, verifyLogs, type Fetcher, type VerifyReport } from "./verify-log.ts"

const USAGE = `Usage:
  npm run --silent log -- verify [--url URL | --dir DIR] [--policy FILE] [--known FILE]…
  npm run --silent log -- export DIR [--url URL]
  npm run --silent log -- growth NAME --from SIZE [--url URL | --dir DIR]

verify   checks every log completely; without --url or --dir, those of the running platform
  --policy FILE   trust only the keys in this tlog-policy file
  --known FILE    an earlier checkpoint; a log that does not continue it is refused (repeatable)
growth   proves that the log NAME only grew since it had SIZE entries: what a witness wants to see as
         \`witness sign CHECKPOINT --proof\`
export   writes a verified mirror of every log into DIR; over an earlier mirror, only what continues it
`

class UsageError extends Error {}

const nodeHash = (data: Uint8Array): Uint8Array => hash("sha256", data, "buffer")

interface Source {
  name: string
  listPath: string
  fetch: Fetcher
}

export async function main(
  args: readonly string[],
  env: Record<string, string | undefined>,
): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: { type: "string" },
        dir: { type: "string" },
        policy: { type: "string" },
        known: { type: "string", multiple: true },
        from: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    })
    if (values.help) {
      process.stdout.write(USAGE)
      return 0
    }
    const [command, target, ...rest] = positionals
    if (rest.length > 0 || (values.url !== undefined && values.dir !== undefined)) throw new UsageError()
    if (command === "verify" && target === undefined) {
      const known = await Promise.all((values.known ?? []).map((file) => readText(file)))
      const policy =
        values.policy === undefined ? undefined : parsePolicy(nodeHash, await readText(values.policy))
      return await verify(openSource(values, env), { policy, known })
    }
    if (command === "export" && target !== undefined && values.dir === undefined) {
      return await exportMirror(openSource(values, env), target)
    }
    if (command === "growth" && target !== undefined && values.from !== undefined) {
      const old = parseDecimal(values.from, "--from")
      process.stdout.write(formatGrowth(await proveGrowth(nodeHash, openSource(values, env), target, old)))
      return 0
    }
    throw new UsageError()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (error instanceof UsageError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS")) {
      process.stderr.write(`${message === "" ? "" : `${message}\n`}${USAGE}`)
      return 2
    }
    process.stderr.write(`${message}\n`)
    return 1
  }
}

function openSource(values: { url?: string; dir?: string }, env: Record<string, string | undefined>): Source {
  if (values.dir !== undefined) {
    return { name: values.dir, listPath: "/logs.json", fetch: directoryFetcher(values.dir) }
  }
  const site = values.url ?? env["GLASSHOUSE_SITE"] ?? "http://glasshouse.localhost:8080"
  return { name: site, listPath: "/log/", fetch: siteFetcher(site) }
}

async function readText(file: string): Promise<string> {
  return fromUtf8(await readFile(file))
}

async function readList(source: Source): Promise<Uint8Array> {
  const list = await source.fetch(source.listPath)
  if (list === undefined) throw new Error(`${source.name} has no list of logs (${source.listPath})`)
  return list
}

async function verify(
  source: Source,
  trust: Pick<Parameters<typeof verifyLogs>[0], "policy" | "known">,
): Promise<number> {
  const list = await readList(source)
  const report = await verifyLogs({ fetch: source.fetch, list, hash: nodeHash, ...trust })
  print(report)
  return report.problems.length === 0 ? 0 : 1
}

function print(report: VerifyReport): void {
  for (const log of report.logs) {
    const parts = [
      `${log.size} entries, ${log.bundles} bundles, ${log.tiles} tiles`,
      `root ${log.root}`,
      log.keyFrom === "policy" ? "key pinned by the policy" : "key taken from the log itself",
      ...(log.cosignedBy.length > 0 ? [`cosigned by ${log.cosignedBy.join(", ")}`] : []),
      ...(log.continues > 0 ? [`continues ${log.continues} known checkpoint(s)`] : []),
    ]
    process.stdout.write(`ok    ${log.name} (${log.origin}): ${parts.join("; ")}\n`)
  }
  for (const problem of report.problems) {
    process.stdout.write(`WRONG ${problem.log || "list"}: ${problem.message} [${problem.code}]\n`)
  }
  if (report.logs.length === 0 && report.problems.length === 0)
    process.stdout.write("ok    no logs are listed\n")
}

/** What is fetched waits aside until all of it has verified, and the checkpoints go in last: an interrupted or refused export leaves an earlier mirror as it was. */
async function exportMirror(source: Source, directory: string): Promise<number> {
  const list = await readList(source)
  const mirror = directoryFetcher(directory)
  const incoming = path.join(directory, ".incoming")
  await rm(incoming, { recursive: true, force: true })
  const known: string[] = []
  for (const { prefix } of parseLogList(list)) {
    const earlier = await mirror(`${prefix}checkpoint`)
    if (earlier !== undefined) known.push(fromUtf8(earlier))
  }
  const tiles: string[] = []
  const last: string[] = []
  const fetch: Fetcher = async (requested) => {
    const body = await source.fetch(requested)
    if (body === undefined) return undefined
    ;(requested.endsWith("/checkpoint") ? last : tiles).push(requested)
    await write(path.join(incoming, requested), body)
    return body
  }
  try {
    const report = await verifyLogs({ fetch, list, hash: nodeHash, known })
    print(report)
    if (report.problems.length > 0) {
      process.stderr.write(`The mirror in ${directory} was left as it was.\n`)
      return 1
    }
    for (const requested of [...tiles, ...last]) await move(incoming, directory, requested)
    await write(path.join(directory, "logs.json"), list)
  } finally {
    await rm(incoming, { recursive: true, force: true })
  }
  process.stdout.write(`written to ${directory}\n`)
  return 0
}

async function write(file: string, body: Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, body)
}

async function move(from: string, to: string, requested: string): Promise<void> {
  const target = path.join(to, requested)
  await mkdir(path.dirname(target), { recursive: true })
  await rename(path.join(from, requested), target)
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2), process.env)
}
