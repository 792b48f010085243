import { expect, test } from "vitest"
import { readFacts } from "./release-record.tsx"

test("the facts of a record are said in order, and what is missing is left out", () => {
  expect(
    readFacts({
      request: { turn: 2 },
      agreement: { version: 1 },
      disclosure: {
        preset: "nhs-england-sde",
        policy: { name: "nhs-england-sde", version: "3" },
        engine: "1.0.0",
        rules: { threshold: "1", identifier: "2" },
      },
      reviews: [{}, {}],
    }),
  ).toEqual([
    { name: "Turn", words: "2" },
    { name: "Agreement", words: "version 1" },
    { name: "Rules for outputs", words: "nhs-england-sde, version 3" },
    { name: "Engine", words: "1.0.0" },
    { name: "Rules that ran", words: "2" },
    { name: "Reviewed by", words: "2 checkers" },
  ])
  for (const strange of [null, "text", 7, [], { disclosure: [] }]) expect(readFacts(strange)).toEqual([])
})
