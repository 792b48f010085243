import { MantineProvider } from "@mantine/core"
import { QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { renderToStaticMarkup } from "react-dom/server"
import { MemoryRouter } from "react-router"
import { beforeAll, expect, test, vi } from "vitest"
import type { Answer } from "../../api/client.ts"

vi.mock("../../api/keycloak.ts", () => ({ askForCode: vi.fn() }))

const { WorkspaceSteps } = await import("./steps.tsx")
type View = Answer<"workspaceGet">

beforeAll(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
})

const allowed = { allowed: true } as const
const no = (code: string, reason: string) => ({ allowed: false, code, reason }) as const

function show(view: Partial<View>): string {
  const whole = {
    id: "w",
    project: { id: "p", number: "P-0001", title: "Liver disease" },
    state: "stopped",
    code: null,
    reason: null,
    steps: [],
    actions: { open: allowed, enter: allowed, stop: allowed, delete: allowed, requestCreate: allowed },
    ...view,
  } as unknown as View
  return renderToStaticMarkup(
    <QueryClientProvider client={new QueryClient()}>
      <MantineProvider>
        <MemoryRouter>
          <WorkspaceSteps view={whole} />
        </MemoryRouter>
      </MantineProvider>
    </QueryClientProvider>,
  )
}
const closing = (state: View["steps"][number]["state"]): View["steps"] => [
  { step: "closing", state, seconds: state === "done" ? 4.2 : null },
  { step: "images", state: state === "done" ? "moving" : "waits", seconds: null },
]

test("who opens while the last run closes reads what it waits for, and then that it opens", () => {
  const waiting = show({ state: "opening", steps: closing("moving") })
  expect(waiting).toContain("Closing the last run, then opening")
  expect(waiting).toContain("The last run is closed")
  const after = show({ state: "opening", steps: closing("done") })
  expect(after).toContain("Your workspace is opening")
  expect(after).toContain("4.2 s")
})

test("while it closes it may be opened again, or the reason is said", () => {
  expect(show({ state: "stopping" })).toContain("Open it again")
  const held = no("hold_project", "The project is on hold.")
  const stopped = show({
    state: "stopping",
    actions: { open: held, enter: held, stop: allowed, delete: allowed, requestCreate: held },
  })
  expect(stopped).toContain("The project is on hold.")
  expect(stopped).toContain('aria-disabled="true"')
})
