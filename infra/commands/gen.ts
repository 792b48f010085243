// `npm run gen`: writes every file that is made from another one.
import process from "node:process"
import { root } from "../launch.js"
import { runInherited } from "../run.ts"
import { generators } from "./check.ts"

for (const file of generators()) {
  process.stdout.write(`  ${file}\n`)
  const code = await runInherited(process.execPath, ["--disable-warning=ExperimentalWarning", file], {}, root)
  if (code !== 0) process.exitCode = 1
}
