// Writes src/api/addresses.ts from the contract: method and path of each operation, and nothing else, so
// that the console ships no schemas. `--check` only compares. Types come straight from the contract.
import { readFileSync, writeFileSync } from "node:fs"
import { operations } from "#contract/index.ts"

const target = new URL("./src/api/addresses.ts", import.meta.url)

const lines = operations.map((o) => {
  const flags = [
    `method: "${o.method}"`,
    `path: "${o.path}"`,
    ...("raw" in o.response ? ["raw: true"] : []),
    ...(o.stepUp ? ["stepUp: true"] : []),
  ]
  const line = `  ${o.id}: { ${flags.join(", ")} },`
  // as the formatter would write it
  return line.length <= 110 ? line : `  ${o.id}: {\n${flags.map((flag) => `    ${flag},\n`).join("")}  },`
})

const text = `// Made from the contract by apps/web/generate.ts; not edited by hand.
import type { Address } from "#contract/client.ts"

export const addresses = {
${lines.join("\n")}
} as const satisfies Record<string, Address>
`

if (process.argv.includes("--check")) {
  let current = ""
  try {
    current = readFileSync(target, "utf8")
  } catch {
    // missing counts as out of date
  }
  if (current !== text) {
    console.error("apps/web/src/api/addresses.ts is out of date: run npm run gen")
    process.exit(1)
  }
} else {
  writeFileSync(target, text)
}
