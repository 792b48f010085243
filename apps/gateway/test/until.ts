// Waits for a condition, with a deadline: tests never wait for a time to pass.
import assert from "node:assert/strict"

export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  deadline = 4000,
  every = 5,
): Promise<void> {
  const end = performance.now() + deadline
  while (!(await holds())) {
    assert.ok(performance.now() < end, `not within ${deadline} ms: ${what}`)
    await new Promise((resolve) => {
      setTimeout(resolve, every)
    })
  }
}
