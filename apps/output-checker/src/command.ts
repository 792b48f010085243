// The command `check-output`: arguments and standard input in, exit code and text out.
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { checkFiles, inputFromBytes, type CheckOptions, type Input } from "./check.ts"
import { parseEvidence } from "./evidence.ts"
import { DEFAULT_POLICY, loadPolicy, overridePolicy, SHIPPED_POLICIES } from "./policy.ts"
import { decideExitCode, type Report } from "./report.ts"
import { readTar } from "./tar.ts"

class UsageError extends Error {}

export interface CommandResult {
  code: 0 | 1 | 2 | 3
  out: string
  err: string
}

const MAX_TAR = 272 * 1024 * 1024
const CHUNK = 1 << 20

function inputFromFile(path: string, name: string = path): Input {
  let size: number
  try {
    const stat = statSync(path)
    if (!stat.isFile()) throw new UsageError(`${path} is not a regular file`)
    size = stat.size
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`Cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
  return {
    path: name,
    size,
    *chunks(): Iterable<Uint8Array> {
      const file = openSync(path, "r")
      try {
        for (;;) {
          const buffer = new Uint8Array(CHUNK)
          const read = readSync(file, buffer, 0, CHUNK, null)
          if (read === 0) return
          yield buffer.subarray(0, read)
        }
      } finally {
        closeSync(file)
      }
    },
  }
}

/** A directory of releases: `<release>/<path>`; files directly in it form one release of the directory's name. */
function releasesIn(directory: string): { release: string; input: Input }[] {
  const out: { release: string; input: Input }[] = []
  const walk = (folder: string, parts: string[]): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const path = join(folder, entry.name)
      if (entry.isDirectory() && parts.length < 8) walk(path, [...parts, entry.name])
      else if (entry.isFile()) {
        const inside = [...parts, entry.name]
        const release = inside.length > 1 ? (inside[0] ?? "") : "earlier"
        out.push({
          release,
          input: inputFromFile(path, (inside.length > 1 ? inside.slice(1) : inside).join("/")),
        })
      }
    }
  }
  try {
    walk(directory, [])
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(
      `Cannot read ${directory}: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  return out
}

function readIds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (
    !/^\d{1,16}$/.test(text) ||
    !Number.isSafeInteger(value) ||
    value % 2 ** 32 !== 0 ||
    value === 0 ||
    value >= 2 ** 52
  )
    throw new UsageError("--ids is the project's number × 2^32, a multiple of 4294967296 below 2^52")
  return value
}

function readNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,4}$/.test(text)) throw new UsageError(`--${name} is a whole number from 1 to 1000`)
  return Number(text)
}

function readEvidence(bytes: Uint8Array, label: string): NonNullable<CheckOptions["evidence"]> {
  try {
    return parseEvidence(bytes)
  } catch (error) {
    throw new UsageError(`${label}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

export function readStandardInput(): Uint8Array {
  const pieces: Uint8Array[] = []
  let size = 0
  for (;;) {
    const buffer = new Uint8Array(CHUNK)
    let read: number
    try {
      read = readSync(0, buffer, 0, CHUNK, null)
    } catch (error) {
      // A pipe without data yet; reading again waits for it.
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") continue
      if ((error as NodeJS.ErrnoException).code === "EOF") break
      throw error
    }
    if (read === 0) break
    size += read
    if (size > MAX_TAR) throw new UsageError("The tar is larger than 256 MiB")
    pieces.push(buffer.subarray(0, read))
  }
  const all = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}

function fromTar(bytes: Uint8Array, idsBase: number | undefined): { inputs: Input[]; options: CheckOptions } {
  const inputs: Input[] = []
  const supporting: Input[] = []
  const earlier: { release: string; audience: "all" | "checkers"; input: Input }[] = []
  let evidence: CheckOptions["evidence"]
  for (const entry of readTar(bytes)) {
    const [top, ...rest] = entry.path.split("/")
    if (top === "output" && rest.length > 0) inputs.push(inputFromBytes(rest.join("/"), entry.bytes))
    else if (top === "supporting" && rest.length > 0)
      supporting.push(inputFromBytes(rest.join("/"), entry.bytes))
    else if ((top === "previous" || top === "ledger") && rest.length > 1)
      earlier.push({
        release: rest[0] ?? "",
        audience: top === "ledger" ? "checkers" : "all",
        input: inputFromBytes(rest.slice(1).join("/"), entry.bytes),
      })
    else if (entry.path === "evidence.json") evidence = readEvidence(entry.bytes, entry.path)
    else throw new UsageError(`Unknown entry in the tar: ${JSON.stringify(entry.path.slice(0, 80))}`)
  }
  if (inputs.length === 0) throw new UsageError("The tar has no output/<path>")
  return {
    inputs,
    options: {
      supporting,
      earlier,
      ...(evidence === undefined ? {} : { evidence }),
      ...(idsBase === undefined ? {} : { idsBase }),
    },
  }
}

/** For people: one line a file, then what is violated or open. Control characters never reach the terminal. */
export function renderReport(report: Report): string {
  // oxlint-disable-next-line no-control-regex
  const clean = (text: string): string =>
    text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "�")
  const lines = [`policy ${report.policy.name} ${report.policy.version}, engine ${report.engine}`]
  for (const file of report.files) {
    lines.push(`${file.verdict.padEnd(14)} ${clean(file.path)} (${file.kind})`)
    for (const f of file.findings) {
      if (f.status === "satisfied") continue
      const { sheet, path, row, column } = f.location
      const place = [path, sheet, row === undefined ? undefined : `row ${row}`, column]
        .filter((p) => p !== undefined)
        .join(", ")
      lines.push(
        `  ${f.status === "violated" ? "✗" : "?"} ${f.rule}${place === "" ? "" : ` [${clean(place)}]`}: ${clean(f.message)}`,
      )
    }
  }
  return `${lines.join("\n")}\n`
}

async function run(argv: string[], standardInput: () => Uint8Array): Promise<CommandResult> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      policy: { type: "string" },
      policies: { type: "string" },
      supporting: { type: "string", multiple: true },
      previous: { type: "string" },
      evidence: { type: "string" },
      ids: { type: "string" },
      threshold: { type: "string" },
      rounding: { type: "string" },
      ledger: { type: "string" },
      json: { type: "boolean" },
      tar: { type: "boolean" },
    },
  })
  const policy = overridePolicy(
    loadPolicy(values.policy ?? DEFAULT_POLICY, values.policies ?? SHIPPED_POLICIES),
    {
      threshold: readNumber("threshold", values.threshold),
      rounding: readNumber("rounding", values.rounding),
    },
  )
  const idsBase = readIds(values.ids)
  let inputs: Input[]
  let options: CheckOptions
  if (values.tar === true) {
    if (positionals.length > 0) throw new UsageError("--tar reads standard input and takes no files")
    ;({ inputs, options } = fromTar(standardInput(), idsBase))
  } else {
    if (positionals.length === 0) throw new UsageError("Name at least one FILE")
    inputs = positionals.map((path) => inputFromFile(path))
    options = {
      supporting: (values.supporting ?? []).map((path) => inputFromFile(path)),
      earlier: [
        ...(values.previous === undefined
          ? []
          : releasesIn(values.previous).map((r) => ({ ...r, audience: "all" as const }))),
        ...(values.ledger === undefined
          ? []
          : releasesIn(values.ledger).map((r) => ({ ...r, audience: "checkers" as const }))),
      ],
      ...(values.evidence === undefined
        ? {}
        : { evidence: readEvidence(readFileSync(values.evidence), values.evidence) }),
      ...(idsBase === undefined ? {} : { idsBase }),
    }
  }
  const report = await checkFiles(inputs, policy, options)
  const out = values.json === true ? `${JSON.stringify(report)}\n` : renderReport(report)
  return { code: decideExitCode(report), out, err: "" }
}

/** The whole command without its process: never rejects, wrong use is code 2 with one line in `err`. */
export async function runCommand(argv: string[], standardInput: () => Uint8Array): Promise<CommandResult> {
  try {
    return await run(argv, standardInput)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { code: 2, out: "", err: `check-output: ${message}\n` }
  }
}
