// `npm run bench -- NAME`: one benchmark, found as apps/*/bench/NAME.ts, or e2e/bench/NAME.ts.
import { existsSync, globSync } from "node:fs"
import path from "node:path"
import process from "node:process"
import { root } from "../launch.js"
import { runInherited } from "../run.ts"

const [name = "", ...args] = process.argv.slice(2)
const all = globSync(["apps/*/bench/*.ts", "e2e/bench/*.ts"], { cwd: root }).filter(
  (file) => !file.endsWith(".test.ts"),
)
const file = /^[a-z0-9-]+$/.test(name) ? all.find((one) => path.basename(one, ".ts") === name) : undefined
if (file === undefined || !existsSync(path.join(root, file))) {
  process.stderr.write(`Which benchmark? One of: ${all.map((one) => path.basename(one, ".ts")).join(", ")}\n`)
  process.exitCode = 2
} else {
  process.exitCode = await runInherited(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", file, ...args],
    {},
    root,
  )
}
