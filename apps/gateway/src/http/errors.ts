// Errors of the browser's side, mapped to HTTP once: a status, a stable code, a sentence for the person.
import { BadTarget } from "../domain/path.ts"
import { sentenceOf } from "../domain/sentences.ts"
import { Refused, Unavailable } from "../drivers/control-plane.ts"
import { NotebookUnavailable } from "../drivers/notebook.ts"

/** The gateway's own no. */
export class Denied extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string = sentenceOf(code)) {
    super(message)
    this.status = status
    this.code = code
  }
}

export function describeError(error: unknown): { status: number; code: string; message: string } {
  if (error instanceof Denied) return error
  if (error instanceof BadTarget) return { status: 400, code: error.code, message: sentenceOf(error.code) }
  if (error instanceof Refused) return { status: 403, code: error.code, message: error.message }
  if (error instanceof Unavailable) return { status: 503, code: error.code, message: sentenceOf(error.code) }
  if (error instanceof NotebookUnavailable)
    return { status: 502, code: error.code, message: sentenceOf(error.code) }
  if (isClientError(error)) return { status: 400, code: "bad_request", message: sentenceOf("bad_request") }
  return { status: 500, code: "internal", message: "Something went wrong here. Nothing was lost." }
}

function isClientError(error: unknown): boolean {
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : undefined
  return typeof status === "number" && status >= 400 && status < 500
}
