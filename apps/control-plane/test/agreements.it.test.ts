// What an agreement may say, over a real database.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { agreementDocument } from "./seed.ts"
import { startStack, type Stack } from "./stack.ts"

let stack: Stack
before(async () => {
  stack = await startStack()
})
after(() => stack[Symbol.asyncDispose]())

test("no agreement says that an opt-out was applied while there is no list to apply", async () => {
  const document = agreementDocument({ optOut: { rule: "national_opt_out_applied", reason: null } })
  const body = { document, reason: "More" }
  const refused = await stack.call("admin", "POST", `/api/projects/${stack.project}/agreement`, body)
  assert.deepEqual([refused.status, refused.body.code], [409, "opt_out_unavailable"])
  const demo = readFileSync(join(import.meta.dirname, "../../../policies/demo/projects.json"), "utf8")
  assert.doesNotMatch(demo, /national_opt_out_applied/)
})
