import assert from "node:assert/strict"
import { setImmediate as turn } from "node:timers/promises"
import { test } from "node:test"
import { inOrder } from "./build.ts"
import type { ImageRecipe } from "./images.ts"

const recipe = (name: string, ...from: string[]): ImageRecipe => ({
  name,
  dockerfile: "",
  paths: [],
  from: Object.fromEntries(from.map((one) => [one.toUpperCase(), one])),
})
const recipes = [
  recipe("base"),
  recipe("a", "base"),
  recipe("b", "base"),
  recipe("c", "base"),
  recipe("d", "a", "b"),
]

test("an image is built after what it is built from, two at a time", async () => {
  const done: string[] = []
  let running = 0
  let most = 0
  await inOrder(recipes, async ({ name, from }) => {
    for (const needed of Object.values(from)) assert.ok(done.includes(needed), `${name} after ${needed}`)
    running += 1
    most = Math.max(most, running)
    for (let turns = 0; turns < 5; turns += 1) await turn()
    running -= 1
    done.push(name)
  })
  assert.deepEqual(done.toSorted(), ["a", "b", "base", "c", "d"])
  assert.equal(most, 2)
})

test("a failed build stops what hangs on it, lets the others finish, and is the error", async () => {
  const done: string[] = []
  const made = inOrder(recipes, async ({ name }) => {
    if (name === "a") throw new Error("a failed")
    for (let turns = 0; turns < 5; turns += 1) await turn()
    done.push(name)
  })
  await assert.rejects(made, /a failed/)
  assert.deepEqual(done.toSorted(), ["b", "base", "c"])
})
