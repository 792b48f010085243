import assert from "node:assert/strict"
import { test } from "node:test"
import { backupDue, migrationNumbers, outdated } from "./backup.ts"

test("a backup is due before a shape that is there is changed, and only then", () => {
  assert.equal(backupDue([], [1, 2]), false)
  assert.equal(backupDue([1, 2], [1, 2]), false)
  assert.equal(backupDue([1, 2], [1, 2, 3]), true)
  assert.equal(backupDue([1, 2, 3], [1, 2]), false)
})

test("migrations are known by the number in their name", () => {
  assert.deepEqual(
    migrationNumbers(["a/0002-log.ts", "a/0001-core.ts", "a/index.ts", "a/0001-core.test.ts"]),
    [1, 2],
  )
})

test("the newest five backups stay, and nothing else is ever removed", () => {
  const names = Array.from({ length: 7 }, (_, day) =>
    ["glasshouse", "custody", "keycloak"].map((database) => `2026112${day}T100000Z-${database}.dump`),
  ).flat()
  assert.deepEqual(outdated([...names, "mine.dump"]).toSorted(), names.slice(0, 6).toSorted())
})
