// `npm run --silent witness -- …`: runs with Node alone, without any package. Exit code 0: done; 1: not
// cosigned or not possible, and why; 2: wrong use.
import { readFileSync } from "node:fs"
import path from "node:path"
import process from "node:process"
import { parseArgs } from "node:util"
import { parseGrowth } from "#transparency/add-checkpoint.ts"
import { fromUtf8 } from "#transparency/bytes.ts"
import { formatVkey } from "#transparency/note.ts"
import { openWitness, readLogs } from "./open.ts"
import { createWitnessServer } from "./server.ts"
import { Witness } from "./witness.ts"

const USAGE = `Usage:
  npm run --silent witness -- serve --dir DIR [--name NAME] [--logs FILE] [--listen HOST:PORT]
  npm run --silent witness -- sign CHECKPOINT-FILE [--proof FILE] --dir DIR [--name NAME] [--logs FILE]
  npm run --silent witness -- status --dir DIR [--name NAME]

serve    answers POST /add-checkpoint (C2SP tlog-witness), on 127.0.0.1:7380 unless --listen says otherwise
sign     cosigns a checkpoint from a file and prints the signature line; --proof is what
         \`npm run --silent log -- growth\` wrote, and is not needed the first time
status   prints this witness's verifier key, and the size it last cosigned of each log

  --dir DIR      the witness's own directory: its key and what it has seen; made at the first start
  --name NAME    an address of yours without scheme; needed at the first start, never changed
  --logs FILE    the logs it knows: \`log\` lines of a tlog-policy file (default: DIR/logs)
`

class UsageError extends Error {}

export async function main(args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        dir: { type: "string" },
        name: { type: "string" },
        logs: { type: "string" },
        listen: { type: "string" },
        proof: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    })
    if (values.help === true) {
      process.stdout.write(USAGE)
      return 0
    }
    const [command, file, ...rest] = positionals
    if (values.dir === undefined || rest.length > 0) throw new UsageError()
    const directory = values.dir
    const logsFile = values.logs ?? path.join(directory, "logs")
    if (command === "serve" && file === undefined && values.proof === undefined)
      return await serve(directory, values.name, logsFile, values.listen ?? "127.0.0.1:7380")
    if (command === "sign" && file !== undefined && values.listen === undefined)
      return await signFile(directory, values.name, logsFile, file, values.proof)
    if (command === "status" && file === undefined) return status(directory, values.name)
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

async function serve(
  directory: string,
  name: string | undefined,
  logsFile: string,
  listen: string,
): Promise<number> {
  const match = /^(.+):([0-9]{1,5})$/.exec(listen)
  if (match === null) throw new UsageError(`--listen takes HOST:PORT, not ${listen}`)
  const { signer, memory } = openWitness(directory, name)
  using _ = memory
  const logs = readLogs(logsFile)
  const vkey = formatVkey(signer.key)
  const witness = new Witness({ signer, logs, memory, now: Date.now })
  const server = createWitnessServer({
    witness,
    logs,
    vkey,
    onProblem: (error) => process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`),
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(Number(match[2]), match[1], resolve)
  })
  const { port } = server.address() as { port: number }
  process.stdout.write(
    `${vkey}\nknows ${logs.size} log(s), listens on http://${match[1]}:${port}/add-checkpoint\n`,
  )
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const)
      process.once(signal, () => {
        server.close(() => resolve())
        server.closeIdleConnections()
      })
  })
  return 0
}

async function signFile(
  directory: string,
  name: string | undefined,
  logsFile: string,
  file: string,
  proofFile: string | undefined,
): Promise<number> {
  const checkpoint = fromUtf8(readFileSync(file))
  const growth = proofFile === undefined ? undefined : parseGrowth(fromUtf8(readFileSync(proofFile)))
  const logs = readLogs(logsFile)
  const { signer, memory } = openWitness(directory, name)
  using _ = memory
  const witness = new Witness({ signer, logs, memory, now: Date.now })
  let answer = await witness.add({ oldSize: 0, proof: [], ...growth, checkpoint })
  if (answer.status === 409 && growth === undefined) {
    // The same checkpoint once more, for instance because the first line got lost, needs no proof.
    const again = await witness.add({ oldSize: Number(answer.body), proof: [], checkpoint })
    if (again.status === 200) answer = again
  }
  if (answer.status === 200) {
    process.stdout.write(answer.body)
    return 0
  }
  const reason =
    answer.status === 409
      ? `this witness last cosigned size ${answer.body.trim()}; give the growth from there as --proof`
      : answer.body.trim()
  process.stderr.write(`not cosigned: ${reason}\n`)
  return 1
}

function status(directory: string, name: string | undefined): number {
  const { signer, memory } = openWitness(directory, name)
  using _ = memory
  process.stdout.write(`${formatVkey(signer.key)}\n`)
  for (const { origin, size } of memory.all()) process.stdout.write(`${origin} ${size}\n`)
  return 0
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2))
}
