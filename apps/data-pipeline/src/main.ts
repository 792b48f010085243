// One stage, one process: parameters as JSON on standard input, JSON lines on standard output, last the result or
// an error with a stable code. Messages of libraries can quote values, so they are never printed.
import { text } from "node:stream/consumers"
import { readConfig } from "./config.ts"
import { STAGES, type Stage } from "./contract.ts"
import { PipelineError } from "./domain/errors.ts"
import { openCustody, type Custody } from "./drivers/custody.ts"
import { openStore } from "./drivers/store.ts"
import { runStage } from "./stages/index.ts"
import { withScratch } from "./stage.ts"

function say(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

const refused = new Proxy({} as Custody, {
  get: () => () =>
    Promise.reject(new PipelineError("custody_refused", "this stage has no business with custody")),
})

async function main(stage: Stage): Promise<unknown> {
  const config = readConfig(process.env, stage)
  let params: unknown
  try {
    params = JSON.parse(await text(process.stdin))
  } catch (cause) {
    throw new PipelineError("params_invalid", "the parameters are no JSON", { cause })
  }
  const custody = config.custody === undefined ? undefined : openCustody(config.custody)
  try {
    return await withScratch(config, (scratch, db) =>
      runStage(stage, params, {
        store: openStore(config.store),
        custody: custody ?? refused,
        db,
        scratch,
        contracts: config.contracts,
        demoData: config.demoData,
        now: new Date(),
        progress: (done, total, unit) => say({ progress: { done, total, unit } }),
      }),
    )
  } finally {
    await custody?.close()
  }
}

const stage = STAGES.find((s) => s === process.argv[2])
try {
  if (stage === undefined) throw new PipelineError("stage_unknown", `the stages are ${STAGES.join(", ")}`)
  say({ result: await main(stage) })
} catch (error) {
  const known = error instanceof PipelineError
  const kind = error instanceof Error ? error.name : typeof error
  say({
    error: known
      ? { code: error.code, message: error.message }
      : { code: "internal", message: `the stage failed (${kind}); the data was not changed` },
  })
  process.exitCode = 1
}
