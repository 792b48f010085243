import { renderToStaticMarkup } from "react-dom/server"
import { MemoryRouter } from "react-router"
import { expect, test } from "vitest"
import { WayOut } from "./way-out.tsx"

const show = (action: { allowed: boolean; code?: string | null }) =>
  renderToStaticMarkup(
    <MemoryRouter>
      <WayOut action={action} project="p" />
    </MemoryRouter>,
  )

test("who has not signed is led to the agreement", () => {
  expect(show({ allowed: false, code: "agreement_unsigned" })).toContain(`href="/projects/p/agreement"`)
})

test("nobody is led anywhere when nothing stands in the way, or nothing that they can change", () => {
  expect(show({ allowed: true, code: null })).toBe("")
  expect(show({ allowed: false, code: "hold_project" })).toBe("")
})
