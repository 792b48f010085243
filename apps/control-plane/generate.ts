// Writes the files that are made from the control plane's own rules; with --check it only compares.
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { loadAccess } from "./src/domain/decide.ts"
import { requestsMatrix } from "./src/domain/requests-matrix.ts"

const policies = join(import.meta.dirname, "../../policies/access")
const made: Readonly<Record<string, string>> = {
  [join(policies, "requests-matrix.md")]: requestsMatrix(loadAccess(policies)),
}

for (const [file, text] of Object.entries(made)) {
  if (!process.argv.includes("--check")) writeFileSync(file, text)
  else if (readFileSync(file, "utf8") !== text) {
    process.stdout.write(`${file} is not current\n`)
    process.exitCode = 1
  }
}
