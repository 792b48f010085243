// Our verifier before the same table of tamperings that `npm run prove -- log` plays before both.
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { parsePolicy } from "#transparency/policy.ts"
import { makeTestLog, nodeSha256 } from "#transparency/testing.ts"
import { verifyLogs } from "#transparency/verify-log.ts"
import { makeHonest, pin, TAMPERINGS, type Files } from "./prove/log/tamperings.ts"

for (const size of [40, 700]) {
  describe(`a log of ${size}`, async () => {
    const honest = await makeHonest(makeTestLog("access-2026", size))
    const problems = async (files: Files, known: string[]): Promise<string[]> => {
      const report = await verifyLogs({
        fetch: async (path) => files.get(path.slice(1)),
        list: files.get("logs.json")!,
        hash: nodeSha256,
        policy: parsePolicy(nodeSha256, pin(honest)),
        known,
      })
      return report.problems.map(({ code }) => code)
    }
    test("is accepted as it is", async () => {
      assert.deepEqual(await problems(honest.files, [honest.earlier]), [])
    })
    for (const { name, needsEarlier, apply } of TAMPERINGS) {
      const files = await apply(honest)
      if (files === undefined) continue
      test(`refuses ${name}`, async () => {
        if (needsEarlier) assert.deepEqual(await problems(files, []), [], "looks honest to who kept nothing")
        assert.notDeepEqual(await problems(files, needsEarlier ? [honest.earlier] : []), [])
      })
    }
  })
}
