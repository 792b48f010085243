import { expect, test } from "vitest"
import { matchTargets } from "./find.tsx"

const targets = [
  { label: "Rare clotting events", kind: "Project P-0002", to: "/projects/b" },
  { label: "Clotting in childhood", kind: "Project P-0003", to: "/projects/c" },
  { label: "Queue", kind: "Page", to: "/queue" },
]

test("every word must match, and what begins with the first word comes first", () => {
  expect(matchTargets(targets, "clot").map((each) => each.to)).toEqual(["/projects/c", "/projects/b"])
  expect(matchTargets(targets, "clotting p-0002").map((each) => each.to)).toEqual(["/projects/b"])
  expect(matchTargets(targets, "zebra")).toEqual([])
})

test("a number is a place in the log", () => {
  expect(matchTargets(targets, "#1,284")[0]).toMatchObject({ to: "/audit?event=1284" })
})
