import { expect, test } from "vitest"
import type { RequestView } from "../../components/findings.ts"
import { draftOf, fileChanges, sameDraft } from "./draft.ts"

function request(description: string, smallNumbers: string): RequestView {
  return {
    title: "Platelets",
    groups: [{ id: "g", name: "Tables", context: "Counts" }],
    files: [{ id: "f", group: "g", kind: "output", description, smallNumbers }],
  } as unknown as RequestView
}

test("an untouched draft is the server's and changes no file", () => {
  const view = request("Counts", "hidden")
  const draft = draftOf(view)
  expect(sameDraft(draft, draftOf(view))).toBe(true)
  expect(fileChanges(view, draft)).toEqual([])
})

test("what is said about a group is said about its files, but a file's own words stay", () => {
  const own = request("My own words", "hidden")
  const draft = draftOf(own)
  const [group] = draft.groups
  expect(group).toBeDefined()
  const changed = {
    ...draft,
    groups: draft.groups.map((each) => ({ ...each, context: "New", smallNumbers: "rounded" })),
  }
  expect(fileChanges(own, changed)[0]).toMatchObject({ description: "My own words", smallNumbers: "rounded" })
  expect(fileChanges(request("Counts", "hidden"), changed)[0]).toMatchObject({ description: "New" })
  expect(fileChanges(request("", "rounded"), changed)[0]).toMatchObject({ description: "New" })
})
