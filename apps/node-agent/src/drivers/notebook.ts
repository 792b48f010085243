// Asks the Jupyter server of a run, through its door, whether it answers. What a container says about
// itself is believed for this alone: that the page can be opened.
import { request } from "node:http"

/** Resolves when Jupyter answers; rejects with `notebook_timeout` after the time. */
export async function waitForNotebook(
  socketPath: string,
  timeoutMilliseconds: number,
  stop: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + timeoutMilliseconds
  for (;;) {
    stop.throwIfAborted()
    if (await answers(socketPath, Math.max(1, deadline - performance.now()), stop)) return
    if (performance.now() >= deadline) throw new Error("notebook_timeout")
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

function answers(socketPath: string, timeout: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(
      {
        socketPath,
        path: "/api/status",
        headers: { host: "localhost", authorization: "token workspace" },
        timeout,
        signal,
      },
      (answer) => {
        answer.resume()
        answer.once("end", () => resolve(answer.statusCode === 200))
        answer.once("error", () => resolve(false))
      },
    )
    asked.once("timeout", () => asked.destroy())
    asked.once("error", () => resolve(false))
    asked.end()
  })
}
