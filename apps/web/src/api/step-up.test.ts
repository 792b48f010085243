import { beforeEach, expect, test, vi } from "vitest"

vi.mock("./keycloak.ts", () => ({ askForCode: vi.fn(async () => {}) }))

const { confirmWithCode, takePending } = await import("./step-up.ts")

const vote = { id: "fileVote", input: { body: { vote: "approve" } }, refetch: ["requestGet"], said: "Kept." }

beforeEach(() => {
  sessionStorage.clear()
  history.replaceState(null, "", "/queue/abc?file=f")
  void confirmWithCode(vote)
})

test("what waited for a code is given back once, at the place where it began", () => {
  expect(takePending(Date.now(), "/queue/abc?file=f")).toEqual(vote)
  expect(takePending(Date.now(), "/queue/abc?file=f")).toBeUndefined()
})

test("it is dropped at another place, and not kept for later", () => {
  expect(takePending(Date.now(), "/home")).toBeUndefined()
  expect(takePending(Date.now(), "/queue/abc?file=f")).toBeUndefined()
})

test("after ten minutes nobody means it any more", () => {
  expect(takePending(Date.now() + 601_000, "/queue/abc?file=f")).toBeUndefined()
})
