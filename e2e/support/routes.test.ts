import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { readRoutes } from "./routes.ts"
import { listStates, STATES, type Cell } from "./states.ts"

const TABLE = readFileSync(join(import.meta.dirname, "../../apps/web/src/routes.tsx"), "utf8")
const SEEDED = {
  liver: "l",
  clotting: "c",
  workspace: "w",
  asked: "a",
  draft: "d",
  bare: "b",
  release: "r",
  dataSet: "s",
  submission: "m",
  invitation: "/invitation#t",
}

test("every page that the console loads has its address in the list", () => {
  const pages = TABLE.match(/lazy:/g)?.length ?? 0
  // the frame around the public pages is loaded too, and stands at its index's address
  assert.equal(readRoutes(TABLE).length, pages - 1)
})

test("a new route is in the list at once", () => {
  const grown = TABLE.replace(
    `path: "audit",`,
    `path: "new/:page", lazy: async () => ({ Component: (await import("./x.tsx")).X }) }, { path: "audit",`,
  )
  assert.deepEqual(
    readRoutes(grown).filter((route) => !readRoutes(TABLE).includes(route)),
    ["/new/:page"],
  )
})

test("every route has a view or a reason for each state, and no other route has one", () => {
  const table = listStates(SEEDED)
  assert.deepEqual(Object.keys(table).toSorted(), readRoutes(TABLE).toSorted())
  for (const [route, row] of Object.entries(table))
    for (const state of STATES) {
      const cell: Cell | undefined = row[state] ?? (state === "error" ? row.full : undefined)
      assert.ok(cell !== undefined, `${route} has nothing for ${state}`)
      if ("none" in cell) assert.match(cell.none, /\w{2,} \w/, `${route}, ${state}: no reason`)
    }
})
