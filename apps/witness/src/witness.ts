// The witness's one decision (C2SP tlog-witness, add-checkpoint): cosign a checkpoint only when it
// continues the one that was cosigned before. The order of the checks is the specification's.
import { parseAddCheckpoint, type AddCheckpoint } from "#transparency/add-checkpoint.ts"
import { equalBytes, FormatError, fromUtf8 } from "#transparency/bytes.ts"
import { parseCheckpoint, type Checkpoint } from "#transparency/checkpoint.ts"
import { cosign } from "#transparency/cosignature.ts"
import { emptyRoot, ProofError, verifyConsistency } from "#transparency/merkle.ts"
import {
  formatNote,
  formatSignatureLine,
  parseNote,
  signaturesBy,
  SignatureError,
  verifyNote,
  type Note,
  type NoteSigner,
  type VerifierKey,
} from "#transparency/note.ts"
import { sha256 } from "./key.ts"
import type { Memory, Seen } from "./memory.ts"

export interface Answer {
  status: 200 | 400 | 403 | 404 | 409 | 422
  type: "text/plain; charset=utf-8" | "text/x.tlog.size"
  body: string
}

/** Origin → the keys that sign for it. */
export type TrustedLogs = ReadonlyMap<string, readonly VerifierKey[]>

export interface WitnessOptions {
  signer: NoteSigner
  logs: TrustedLogs
  memory: Memory
  /** Milliseconds since the epoch. */
  now: () => number
}

export class Witness {
  readonly #options: WitnessOptions

  constructor(options: WitnessOptions) {
    this.#options = options
  }

  async addCheckpoint(body: Uint8Array): Promise<Answer> {
    let request: AddCheckpoint
    try {
      request = parseAddCheckpoint(fromUtf8(body))
    } catch (error) {
      return malformed(error)
    }
    return this.add(request)
  }

  async add({ oldSize, proof, checkpoint: source }: AddCheckpoint): Promise<Answer> {
    const { logs, memory } = this.#options
    const origin = source.slice(0, source.indexOf("\n"))
    const keys = logs.get(origin)
    if (keys === undefined) return refuse(404, "this witness does not know the log")
    const note = await openNote(source, keys)
    if (note === undefined) return refuse(403, "not validly signed by a key of the log")
    let checkpoint: Checkpoint
    try {
      checkpoint = parseAnyCheckpoint(note.text)
    } catch (error) {
      return malformed(error)
    }
    const { size } = checkpoint
    if (oldSize > size) return refuse(400, "the old size is larger than the checkpoint's")

    const seen = memory.newest(origin)
    if ((seen?.size ?? 0) !== oldSize) return conflict(seen)
    const problem = inconsistency(seen, proof, checkpoint)
    if (problem !== undefined) return refuse(422, problem)

    const line = await cosign(note.text, Math.floor(this.#options.now() / 1000), this.#options.signer)
    const kept = formatNote({
      text: note.text,
      signatures: [...keys.flatMap((key) => signaturesBy(note, key)), line],
    })
    // Only now is anything decided: whoever moved on meanwhile was first, and this line is thrown away.
    if (!memory.advance(origin, seen, { size, root: checkpoint.root, note: kept }))
      return conflict(memory.newest(origin))
    return { status: 200, type: "text/plain; charset=utf-8", body: formatSignatureLine(line) }
  }

  /** The newest checkpoint that this witness cosigned, with its line; undefined when there is none. */
  newest(origin: string): string | undefined {
    return this.#options.memory.newest(origin)?.note
  }
}

/** Extension lines are other logs' business: they are cosigned with the rest and mean nothing here. */
function parseAnyCheckpoint(text: string): Checkpoint {
  const lines = text.split("\n")
  if (lines.slice(3, -1).includes("")) throw new FormatError("an extension line of the checkpoint is empty")
  return parseCheckpoint(`${lines.slice(0, 3).join("\n")}\n`)
}

/** Undefined unless it is a note with at least one line of the log's keys, and none of them false. */
async function openNote(source: string, keys: readonly VerifierKey[]): Promise<Note | undefined> {
  try {
    const note = parseNote(source)
    const present = keys.filter((key) => signaturesBy(note, key).length > 0)
    for (const key of present) await verifyNote(note, key)
    return present.length > 0 ? note : undefined
  } catch (error) {
    if (error instanceof SignatureError || error instanceof FormatError) return undefined
    throw error
  }
}

function inconsistency(
  seen: Seen | undefined,
  proof: readonly Uint8Array[],
  { size, root }: Checkpoint,
): string | undefined {
  if (size === 0 && !equalBytes(root, emptyRoot(sha256))) return "the root of the empty tree is another one"
  const oldSize = seen?.size ?? 0
  if (seen === undefined || oldSize === 0)
    return proof.length > 0 ? "from the empty tree there is nothing to prove" : undefined
  try {
    verifyConsistency(sha256, { oldSize, oldRoot: seen.root, size, root, proof })
    return undefined
  } catch (error) {
    if (error instanceof ProofError) return error.message
    throw error
  }
}

function refuse(status: 400 | 403 | 404 | 422, reason: string): Answer {
  return { status, type: "text/plain; charset=utf-8", body: `${reason}\n` }
}

function malformed(error: unknown): Answer {
  if (error instanceof FormatError) return refuse(400, error.message)
  throw error
}

function conflict(seen: Seen | undefined): Answer {
  return { status: 409, type: "text/x.tlog.size", body: `${seen?.size ?? 0}\n` }
}
