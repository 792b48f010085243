import { QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { act } from "react"
import { createRoot } from "react-dom/client"
import { describe, expect, test, vi } from "vitest"

vi.mock("./keycloak.ts", () => ({ accessToken: async () => "token", codeIsFresh: () => false }))
vi.mock("./session.ts", () => ({ endedByServer: vi.fn() }))

const { isSecondPress, useChange } = await import("./queries.ts")

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
  test.each([
    ["what succeeded is not sent again", 200, 1],
    ["what was refused may be tried again at once", 409, 2],
  ])("%s", async (_, status, calls) => {
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
    const fetched = vi.fn(async () => Response.json({ code: "already_exists", message: "No" }, { status }))
    vi.stubGlobal("fetch", fetched)
    const root = createRoot(document.body.appendChild(document.createElement("div")))
    await act(async () =>
      root.render(
        <QueryClientProvider client={new QueryClient()}>
          <Stop />
        </QueryClientProvider>,
      ),
    )
    for (const _press of [1, 2]) await act(async () => document.querySelector("button")?.click())
    expect(fetched).toHaveBeenCalledTimes(calls)
    await act(async () => root.unmount())
    vi.unstubAllGlobals()
  })
})

function Stop() {
  const stop = useChange("workspaceStop")
  return (
    <button type="button" onClick={() => stop.mutate({ params: { workspace: "a" } })}>
      Stop
    </button>
  )
}
