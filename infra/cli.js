// The other root scripts: each name leads to one TypeScript program.
import { existsSync } from "node:fs"
import path from "node:path"
import process from "node:process"
import { handOver, root } from "./launch.js"

const programs = {
  start: "infra/commands/start.ts",
  stop: "infra/commands/stop.ts",
  reset: "infra/commands/reset.ts",
  dev: "infra/commands/dev.ts",
  test: "infra/commands/test.ts",
  check: "infra/commands/check.ts",
  gen: "infra/commands/gen.ts",
  "demo-code": "infra/commands/demo-code.ts",
  prove: "e2e/prove.ts",
  tour: "e2e/tour.ts",
  bench: "infra/commands/bench.ts",
  "check-output": "apps/output-checker/src/cli.ts",
  log: "apps/transparency/src/cli.ts",
  witness: "apps/witness/src/cli.ts",
}

const [name, ...args] = process.argv.slice(2)
const program = Object.hasOwn(programs, name ?? "") ? programs[name] : undefined
if (program === undefined) {
  process.stderr.write(
    `Unknown command ${JSON.stringify(name ?? "")}. Known: ${Object.keys(programs).join(", ")}.\n`,
  )
  process.exit(2)
}
if (!existsSync(path.join(root, program))) {
  process.stderr.write(`npm run ${name}: there is no ${program} in this version.\n`)
  process.exit(2)
}
handOver(program, args)
