// The typed client of the API. Types come from the contract, addresses from the generated list; there is
// no other place in the console that calls the server.
import type { OperationId } from "#contract/index.ts"
import { buildPath, type Address, type Answer, type Bare, type Input, type Loose } from "#contract/client.ts"
import { isQuiet } from "./activity.ts"
import { addresses } from "./addresses.ts"
import { ApiError, readError, unreachable } from "./errors.ts"
import { accessToken } from "./keycloak.ts"
import { endedByServer } from "./session.ts"

export { buildPath }
export type { Answer, Input } from "#contract/client.ts"

async function send(address: Address, input: Loose, signal?: AbortSignal): Promise<Response> {
  const token = await accessToken()
  const headers: Record<string, string> = { accept: address.raw ? "*/*" : "application/json" }
  if (token) headers["authorization"] = `Bearer ${token}`
  if (isQuiet()) headers["x-background"] = "1"
  if (input.body !== undefined) headers["content-type"] = "application/json"
  let response: Response
  try {
    response = await fetch(buildPath(address.path, input.params, input.query), {
      method: address.method,
      headers,
      credentials: "same-origin",
      redirect: "error",
      ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw unreachable()
  }
  if (response.ok) return response
  const error = await readError(response)
  if (response.status === 401 && error.code !== "step_up_required") endedByServer()
  throw error
}

/** Calls an operation that answers JSON. Throws ApiError. */
export async function call<I extends OperationId>(
  id: I,
  ...[input, signal]: I extends Bare
    ? [input?: Input<I>, signal?: AbortSignal]
    : [input: Input<I>, signal?: AbortSignal]
): Promise<Answer<I>> {
  const response = await send(addresses[id], (input ?? {}) as Loose, signal)
  try {
    return (await response.json()) as Answer<I>
  } catch {
    throw new ApiError(response.status, {
      code: "answer_unreadable",
      message: "The platform answered in a way that this page does not understand.",
      way: "Load the page again; the console may have been renewed.",
      request: response.headers.get("x-request-id") ?? undefined,
    })
  }
}

/** Calls an operation that answers bytes or text. */
export async function callRaw<I extends OperationId>(id: I, input: Loose = {}): Promise<Response> {
  return await send(addresses[id], input)
}

/** Saves an answer under a name, through a link that lives for one click. */
export async function saveAs(response: Response, name: string): Promise<void> {
  const url = URL.createObjectURL(await response.blob())
  const link = document.createElement("a")
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
