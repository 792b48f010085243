import { describe, expect, test, vi } from "vitest"

vi.mock("./keycloak.ts", () => ({ accessToken: async () => "token", codeIsFresh: () => false }))
vi.mock("./session.ts", () => ({ endedByServer: vi.fn() }))

const { buildPath, call } = await import("./client.ts")
const { ApiError } = await import("./errors.ts")
const { endedByServer } = await import("./session.ts")

function answer(status: number, body: unknown): void {
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify(body), { status }))
}

describe("addresses", () => {
  test("parameters are escaped and undefined values left out", () => {
    expect(buildPath("/api/a/:project/b", { project: "x/../y" }, { limit: 5, q: undefined })).toBe(
      "/api/a/x%2F..%2Fy/b?limit=5",
    )
  })

  test("a missing parameter is a mistake of ours, never an address", () => {
    expect(() => buildPath("/api/a/:project", {}, undefined)).toThrow(/needs project/)
  })
})

describe("errors", () => {
  test("a code that is asked for does not end the session; an ended session does", async () => {
    answer(401, { code: "step_up_required", message: "A code.", request: "r" })
    await expect(call("projectList")).rejects.toMatchObject({ code: "step_up_required", request: "r" })
    expect(endedByServer).not.toHaveBeenCalled()
    answer(401, { code: "session_idle", message: "Idle.", request: "r" })
    await expect(call("projectList")).rejects.toBeInstanceOf(ApiError)
    expect(endedByServer).toHaveBeenCalledOnce()
  })

  test("an answer that is not ours still has a code and a way out", async () => {
    vi.stubGlobal("fetch", async () => new Response("<html>", { status: 502 }))
    await expect(call("projectList")).rejects.toMatchObject({ code: "http_502", status: 502 })
  })

  test("no network is said as such", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("failed")
    })
    await expect(call("projectList")).rejects.toMatchObject({ code: "unreachable" })
  })
})
