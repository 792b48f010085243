import { QueryObserver } from "@tanstack/react-query"
import { afterEach, expect, test, vi } from "vitest"

vi.mock("./keycloak.ts", () => ({ askForCode: vi.fn(async () => {}) }))

const { ApiError } = await import("./errors.ts")
const { queryClient } = await import("./queries.ts")

afterEach(() => queryClient.clear())

async function seeThen(status: number): Promise<unknown> {
  const answers = [
    async () => "what was seen",
    async () => {
      throw new ApiError(status, { code: "x", message: "x" })
    },
  ]
  const observer = new QueryObserver(queryClient, {
    queryKey: ["projectGet", status],
    queryFn: () => (answers.shift() ?? answers[0])?.(),
    retry: false,
  })
  const stop = observer.subscribe(() => {})
  await observer.refetch({ cancelRefetch: false })
  expect(observer.getCurrentResult().data).toBe("what was seen")
  await observer.refetch()
  const { data, isError } = observer.getCurrentResult()
  stop()
  expect(isError).toBe(true)
  return data
}

test("what may no longer be seen leaves the screen", async () => {
  for (const status of [401, 403, 404]) expect(await seeThen(status)).toBeUndefined()
})

test("what was seen stays while the server is away", async () => {
  for (const status of [0, 500, 503]) expect(await seeThen(status)).toBe("what was seen")
})
