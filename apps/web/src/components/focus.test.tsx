import { act } from "react"
import { createRoot, type Root } from "react-dom/client"
import { createMemoryRouter, Link, Outlet } from "react-router"
import { RouterProvider } from "react-router/dom"
import { afterEach, beforeEach, expect, test, vi } from "vitest"

vi.mock("../api/keycloak.ts", () => ({ askForCode: vi.fn() }))

const { FocusKeeper, useKeptFocus } = await import("./focus.ts")

let keeper: InstanceType<typeof FocusKeeper>

beforeEach(() => {
  document.body.innerHTML = `<header><button id="menu">Menu</button></header><main><a id="link" href="#">Go</a></main>`
  keeper = new FocusKeeper()
  keeper.start()
})
afterEach(() => keeper.stop())

const main = () => document.querySelector("main") as HTMLElement
const byId = (id: string) => document.getElementById(id) as HTMLElement
const focused = () => document.activeElement?.id || document.activeElement?.tagName
const press = (key: string) =>
  document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }))

/** Mutations are told in a microtask. */
async function show(html: string): Promise<void> {
  main().innerHTML = html
  await Promise.resolve()
}

test("a heading that comes later gets the focus that the link left", async () => {
  byId("link").focus()
  main().innerHTML = `<p>Loading</p>`
  keeper.moved()
  expect(focused()).toBe("BODY")
  await show(`<h1 id="there">There</h1>`)
  expect(focused()).toBe("there")
})

test("it gets it from a link that is still there, and passes it on when another heading replaces it", async () => {
  byId("menu").focus()
  main().innerHTML = ""
  keeper.moved()
  await show(`<h1 id="first">Loading</h1>`)
  expect(focused()).toBe("first")
  await show(`<h1 id="second">There is nothing here</h1>`)
  expect(focused()).toBe("second")
})

test("a person who goes elsewhere meanwhile is left where they are", async () => {
  byId("link").focus()
  main().innerHTML = ""
  keeper.moved()
  press("Tab")
  byId("menu").focus()
  await show(`<h1 id="there">There</h1>`)
  expect(focused()).toBe("menu")
})

test("so is one who presses with the pointer", async () => {
  byId("link").focus()
  main().innerHTML = ""
  keeper.moved()
  document.body.dispatchEvent(new Event("pointerdown", { bubbles: true }))
  await show(`<h1 id="there">There</h1>`)
  expect(focused()).toBe("BODY")
})

test("a menu that gives the focus back by itself does not keep it from the heading", async () => {
  byId("link").focus()
  press("Enter")
  main().innerHTML = ""
  keeper.moved()
  byId("menu").focus()
  await show(`<h1 id="there">There</h1>`)
  expect(focused()).toBe("there")
})

test("the next move begins anew: an old one does not take the focus any more", async () => {
  byId("link").focus()
  main().innerHTML = ""
  keeper.moved()
  press("Tab")
  byId("menu").focus()
  keeper.moved()
  await show(`<h1 id="there">There</h1>`)
  expect(focused()).toBe("there")
})

test("a button that is gone leaves the focus to what had it before", async () => {
  await show(
    `<h1 id="page">People</h1><button id="invite">Invite</button><span id="row"><button id="gone">Withdraw</button></span>`,
  )
  byId("menu").focus()
  byId("invite").focus()
  byId("gone").focus()
  byId("row").innerHTML = ""
  await Promise.resolve()
  expect(focused()).toBe("invite")
})

test("what cannot have the focus any more is stepped over, down to the page's heading", async () => {
  await show(
    `<h1 id="page">People</h1><button id="invite">Invite</button><button id="gone">Withdraw</button>`,
  )
  byId("invite").focus()
  byId("gone").focus()
  byId("invite").setAttribute("disabled", "")
  byId("gone").remove()
  await Promise.resolve()
  expect(focused()).toBe("page")
})

test("a dialog keeps the focus while it is open and gives it back when it goes", async () => {
  await show(`<h1 id="page">People</h1><button id="invite">Invite</button>`)
  byId("invite").focus()
  const dialog = document.createElement("section")
  dialog.innerHTML = `<div role="dialog" aria-modal="true" tabindex="-1" id="dialog"><button id="close">×</button><form><input id="name"><button id="send">Invite</button></form></div>`
  document.body.append(dialog)
  byId("close").focus()
  byId("name").focus()
  byId("send").focus()
  dialog.querySelector("form")?.remove()
  await Promise.resolve()
  expect(focused()).toBe("close")
  byId("close").remove()
  await Promise.resolve()
  expect(focused()).toBe("dialog")
  dialog.remove()
  await Promise.resolve()
  expect(focused()).toBe("invite")
})

test("a move waits while a dialog is open over the page", async () => {
  byId("link").focus()
  document.body.insertAdjacentHTML(
    "beforeend",
    `<div role="dialog" aria-modal="true" id="dialog"><input id="reason"></div>`,
  )
  keeper.moved()
  byId("reason").focus()
  await show(`<h1 id="there">There</h1>`)
  expect(focused()).toBe("reason")
  byId("dialog").remove()
  await Promise.resolve()
  expect(focused()).toBe("there")
})

test("who looks at the page's text, with nothing focused, is not disturbed by what comes and goes", async () => {
  await show(`<h1 id="page">People</h1><button id="gone">Withdraw</button>`)
  byId("gone").focus()
  document.body.dispatchEvent(new Event("pointerdown", { bubbles: true }))
  byId("gone").blur()
  byId("gone").remove()
  await Promise.resolve()
  expect(focused()).toBe("BODY")
})

test("in the console: a page that is loaded at its first visit and shows its heading later still", async () => {
  keeper.stop()
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  document.body.innerHTML = `<div id="root"></div>`
  let arrive: (() => void) | undefined
  const router = createMemoryRouter([
    {
      element: <Frame />,
      children: [
        { path: "/", element: <p>Here</p> },
        { path: "/late", lazy: async () => ({ Component: await loadLate((done) => (arrive = done)) }) },
      ],
    },
  ])
  const root: Root = createRoot(byId("root"))
  await act(async () => root.render(<RouterProvider router={router} />))
  byId("go").focus()
  await act(async () => byId("go").click())
  expect(focused()).toBe("go")
  await act(async () => arrive?.())
  expect(focused()).toBe("late")
  await act(async () => root.unmount())
})

test("in the console: back from giving a code, the focus is on the page's heading; else a first page takes none", async () => {
  keeper.stop()
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  for (const returning of [true, false]) {
    document.body.innerHTML = `<div id="root"></div>`
    if (returning) sessionStorage.setItem("glasshouse-pending", "{}")
    else sessionStorage.clear()
    const router = createMemoryRouter([
      { element: <Frame />, children: [{ path: "/", element: <h1 id="desk">Deaths by age</h1> }] },
    ])
    const root: Root = createRoot(byId("root"))
    await act(async () => root.render(<RouterProvider router={router} />))
    expect(focused()).toBe(returning ? "desk" : "BODY")
    await act(async () => root.unmount())
  }
})

function Frame() {
  useKeptFocus()
  return (
    <main>
      <Link id="go" to="/late">
        Go
      </Link>
      <Outlet />
    </main>
  )
}

async function loadLate(onArrive: (done: () => void) => void) {
  const { useState } = await import("react")
  return function Late() {
    const [here, setHere] = useState(false)
    onArrive(() => setHere(true))
    return here ? <h1 id="late">Late</h1> : <p>Loading</p>
  }
}
