// Caps what a kernel shows: per message and per run of a cell. What is cut is replaced by a notice that
// the person sees in the cell, once; replies keep their kind, so that no cell waits for ever.
import { randomUUID } from "node:crypto"
import { type Frame, writeFrame } from "./frame.ts"

export type OutputCaps = { message: number; cell: number }

const MIB = 1 << 20
export const OUTPUT_CAPS: OutputCaps = { message: 10 * MIB, cell: 32 * MIB }
const MAX_CELLS = 64

export class OutputGovernor {
  readonly #caps: OutputCaps
  /** bytes per message that they answer; oldest first */
  readonly #cells = new Map<string, { bytes: number; told: boolean }>()

  constructor(caps: OutputCaps = OUTPUT_CAPS) {
    this.#caps = caps
  }

  /** The frames to send instead of this one: itself, a notice, or nothing. */
  pass(frame: Frame): Buffer[] {
    const size = frame.bytes.length
    const cell = this.#cellOf(frame.parent?.messageId ?? "")
    if (frame.header.type === "status" && size < 4096) return [frame.bytes]
    const fits = frame.parent === undefined || cell.bytes + size <= this.#caps.cell
    if (size <= this.#caps.message && fits) {
      cell.bytes += size
      return [frame.bytes]
    }
    if (frame.channel !== "iopub") {
      return size <= this.#caps.message ? [frame.bytes] : [replaceReply(frame, this.#caps.message)]
    }
    if (cell.told) return []
    cell.told = true
    const cap = size > this.#caps.message ? this.#caps.message : this.#caps.cell
    return [writeNotice(frame, cap)]
  }

  #cellOf(parent: string): { bytes: number; told: boolean } {
    const cell = this.#cells.get(parent) ?? { bytes: 0, told: false }
    this.#cells.delete(parent)
    this.#cells.set(parent, cell)
    if (this.#cells.size > MAX_CELLS) {
      const oldest = this.#cells.keys().next()
      if (!oldest.done) this.#cells.delete(oldest.value)
    }
    return cell
  }
}

function noticeOf(cap: number): string {
  return `[Glasshouse] Output cut: more than ${Math.floor(cap / MIB)} MiB would have been shown. The result is complete in the kernel.`
}

function writeNotice(frame: Frame, cap: number): Buffer {
  const header = {
    msg_id: randomUUID(),
    msg_type: "stream",
    username: "glasshouse",
    session: "",
    date: new Date().toISOString(),
    version: "5.3",
  }
  const content = { name: "stderr", text: `${noticeOf(cap)}\n` }
  return writeFrame("iopub", [JSON.stringify(header), frame.rawParent, "{}", JSON.stringify(content)])
}

function replaceReply(frame: Frame, cap: number): Buffer {
  const content = { status: "error", ename: "OutputCut", evalue: noticeOf(cap), traceback: [noticeOf(cap)] }
  return writeFrame(frame.channel, [frame.rawHeader, frame.rawParent, "{}", JSON.stringify(content)])
}
