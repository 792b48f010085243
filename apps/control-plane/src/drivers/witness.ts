// Asks a witness to cosign (C2SP tlog-witness). What it answers is verified by whoever asked; here only its
// length and its time are bounded.
import { request } from "undici"

const PATIENCE_MS = 5_000
const MAX_ANSWER_BYTES = 64 * 1024

export interface WitnessAnswer {
  readonly status: number
  readonly body: string
}

export type AskWitness = (url: string, body: string) => Promise<WitnessAnswer>

/** `url` is the witness's submission prefix. Redirections are not followed. */
export const askWitness: AskWitness = async (url, body) => {
  const answer = await request(`${url.replace(/\/$/, "")}/add-checkpoint`, {
    method: "POST",
    headers: { "content-type": "text/plain; charset=utf-8" },
    body,
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  const parts: Buffer[] = []
  let length = 0
  for await (const part of answer.body as AsyncIterable<Buffer>) {
    length += part.length
    if (length > MAX_ANSWER_BYTES) throw new Error("the witness's answer is too long")
    parts.push(part)
  }
  return { status: answer.statusCode, body: Buffer.concat(parts).toString("utf8") }
}
