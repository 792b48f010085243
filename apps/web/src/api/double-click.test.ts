import { describe, expect, test, vi } from "vitest"

vi.mock("./keycloak.ts", () => ({ accessToken: async () => "token", codeIsFresh: () => false }))
vi.mock("./session.ts", () => ({ endedByServer: vi.fn() }))

const { isSecondPress } = await import("./queries.ts")

describe("a double click", () => {
  const sent = { input: JSON.stringify({ params: { project: "a" } }), at: 1_000 }
  test("the same change at once is sent once", () => {
    expect(isSecondPress(sent, { params: { project: "a" } }, 1_200)).toBe(true)
  })
  test("another change, or the same one later, is meant", () => {
    expect(isSecondPress(sent, { params: { project: "b" } }, 1_200)).toBe(false)
    expect(isSecondPress(sent, { params: { project: "a" } }, 1_600)).toBe(false)
    expect(isSecondPress(undefined, {}, 0)).toBe(false)
  })
})
