// What somebody who holds a log could do to it, and what a reader needs to notice: nothing but the pinned
// key, or a checkpoint from before as well. Each works on a whole mirror, by path.
import { fromUtf8, toBase64, utf8 } from "#transparency/bytes.ts"
import { parseCheckpoint } from "#transparency/checkpoint.ts"
import { formatNote, formatVkey, parseNote, signNote } from "#transparency/note.ts"
import { makeTestSigner, publish, type TestLog } from "#transparency/testing.ts"
import { bundlesOf, formatBundle, parseBundle, TILE_WIDTH, tilePath, tilesOf } from "#transparency/tiles.ts"

export type Files = Map<string, Uint8Array>

/** An honest mirror of one log, whose key the table holds. */
export interface Honest {
  log: TestLog
  files: Files
  /** A checkpoint from when the log was half as long. */
  earlier: string
}

export interface Tampering {
  name: string
  /** Can only be noticed by somebody who kept a checkpoint: everything is signed anew. */
  needsEarlier?: true
  /** Undefined where a log of this size has nothing to do it to. */
  apply: (honest: Honest) => Files | Promise<Files> | undefined
}

export async function makeHonest(log: TestLog): Promise<Honest> {
  const half = await publish([{ ...log, entries: log.entries.slice(0, log.entries.length >> 1) }])
  return { log, files: await publish([log]), earlier: fromUtf8(half.get(at(log, "checkpoint"))!) }
}

const at = (log: TestLog, path: string): string => log.prefix.slice(1) + path
const lastOf = <T>(all: readonly T[]): T => all.at(-1)!

function changed({ files, log }: Honest, path: string, change: (body: Uint8Array) => Uint8Array): Files {
  const name = at(log, path)
  return new Map(files).set(name, change(files.get(name)!))
}

function flip(body: Uint8Array, where: number): Uint8Array {
  const copy = new Uint8Array(body)
  copy[where] = copy[where]! ^ 1
  return copy
}

function without({ files, log }: Honest, path: string): Files {
  const rest = new Map(files)
  rest.delete(at(log, path))
  return rest
}

const bundles = (honest: Honest) => bundlesOf(honest.log.entries.length)

function editBundle(
  honest: Honest,
  bundle: { n: number; width: number },
  edit: (entries: Uint8Array[]) => Uint8Array[],
): Files {
  return changed(honest, tilePath({ level: "entries", ...bundle }), (body) =>
    formatBundle(edit(parseBundle(body, bundle.width))),
  )
}

function swapFirstTwoKinds(entries: Uint8Array[]): Uint8Array[] {
  const other = entries.findIndex((entry) => !Buffer.from(entry).equals(entries[0]!))
  const copy = [...entries]
  ;[copy[0], copy[other]] = [copy[other]!, copy[0]!]
  return copy
}

const rewritten = ({ log }: Honest): Uint8Array[] => [utf8("nothing happened"), ...log.entries.slice(1)]

/** A mirror of other entries under the old checkpoint. */
async function underOldCheckpoint(honest: Honest, entries: Uint8Array[]): Promise<Files> {
  const name = at(honest.log, "checkpoint")
  return (await publish([{ ...honest.log, entries }])).set(name, honest.files.get(name)!)
}

async function resigned(honest: Honest, change: (lines: string[]) => void): Promise<Files> {
  const { text } = parseNote(fromUtf8(honest.files.get(at(honest.log, "checkpoint"))!))
  const lines = text.split("\n")
  change(lines)
  const next = lines.join("\n")
  const note = formatNote({ text: next, signatures: [await signNote(next, honest.log.signer)] })
  return changed(honest, "checkpoint", () => utf8(note))
}

export const TAMPERINGS: readonly Tampering[] = [
  {
    name: "a flipped byte in the first entry",
    apply: (honest) => changed(honest, tilePath(bundles(honest)[0]!), (body) => flip(body, 2)),
  },
  {
    name: "a flipped byte in the last entry",
    apply: (honest) =>
      changed(honest, tilePath(lastOf(bundles(honest))), (body) => flip(body, body.length - 1)),
  },
  {
    name: "a flipped byte in the checkpoint's root",
    apply: (honest) =>
      changed(honest, "checkpoint", (body) => {
        const note = parseNote(fromUtf8(body))
        const { origin, size, root } = parseCheckpoint(note.text)
        return utf8(formatNote({ ...note, text: `${origin}\n${size}\n${toBase64(flip(root, 0))}\n` }))
      }),
  },
  { name: "a deleted bundle", apply: (honest) => without(honest, tilePath(bundles(honest)[0]!)) },
  { name: "the last bundle deleted", apply: (honest) => without(honest, tilePath(lastOf(bundles(honest)))) },
  {
    name: "a dropped tail: the last entry gone from its bundle",
    apply: (honest) => editBundle(honest, lastOf(bundles(honest)), (entries) => entries.slice(0, -1)),
  },
  {
    name: "a dropped tail: a shorter log under the old checkpoint",
    apply: (honest) => underOldCheckpoint(honest, honest.log.entries.slice(0, -1)),
  },
  {
    name: "an entry more than the checkpoint says",
    apply: (honest) => editBundle(honest, lastOf(bundles(honest)), (entries) => [...entries, utf8("more")]),
  },
  {
    name: "swapped entries",
    apply: (honest) => editBundle(honest, bundles(honest)[0]!, swapFirstTwoKinds),
  },
  {
    name: "swapped bundles",
    apply: (honest) => {
      const [first, second] = bundles(honest)
      if (second?.width !== TILE_WIDTH) return undefined
      const [a, b] = [tilePath(first!), tilePath(second)].map((path) =>
        honest.files.get(at(honest.log, path))!,
      )
      return new Map(honest.files)
        .set(at(honest.log, tilePath(first!)), b!)
        .set(at(honest.log, tilePath(second)), a!)
    },
  },
  ...[0, 1, 2].flatMap((level): Tampering[] => [
    {
      name: `a changed tile at level ${level}`,
      apply: (honest) => {
        const tile = [...tilesOf(honest.log.entries.length)].find((one) => one.level === level)
        return tile && changed(honest, tilePath(tile), (body) => flip(body, 0))
      },
    },
    {
      name: `a deleted last tile at level ${level}`,
      apply: (honest) => {
        const tile = [...tilesOf(honest.log.entries.length)].findLast((one) => one.level === level)
        return tile && without(honest, tilePath(tile))
      },
    },
  ]),
  {
    name: "an entry changed and every tile made anew, under the old checkpoint",
    apply: (honest) => underOldCheckpoint(honest, rewritten(honest)),
  },
  {
    name: "another root, signed",
    apply: (honest) => resigned(honest, (lines) => (lines[2] = toBase64(new Uint8Array(32)))),
  },
  {
    name: "the wrong key: everything signed by somebody else, and listed so",
    apply: (honest) => publish([{ ...honest.log, signer: makeTestSigner(honest.log.signer.key.name) }]),
  },
  {
    name: "the wrong key: the checkpoint alone",
    apply: async ({ log, files }) => {
      const forged = await publish([{ ...log, signer: makeTestSigner(log.signer.key.name) }])
      return new Map(files).set(at(log, "checkpoint"), forged.get(at(log, "checkpoint"))!)
    },
  },
  {
    name: "a changed origin, signed by the log's key",
    apply: (honest) => resigned(honest, (lines) => (lines[0] = `${lines[0]}x`)),
  },
  {
    name: "a changed origin in the list",
    apply: ({ log, files }) => {
      const { name } = log.signer.key
      const list = fromUtf8(files.get("logs.json")!)
      return new Map(files).set("logs.json", utf8(list.replace(`"origin":"${name}"`, `"origin":"${name}x"`)))
    },
  },
  {
    name: "a log that is not listed any more",
    apply: ({ files }) => new Map(files).set("logs.json", utf8('{"logs":[]}')),
  },
  { name: "no checkpoint", apply: (honest) => without(honest, "checkpoint") },
  {
    name: "rolled back: a quarter of the log, signed anew",
    needsEarlier: true,
    apply: ({ log }) => publish([{ ...log, entries: log.entries.slice(0, log.entries.length >> 2) }]),
  },
  {
    name: "rolled back to nothing, signed anew",
    needsEarlier: true,
    apply: ({ log }) => publish([{ ...log, entries: [] }]),
  },
  {
    name: "a forked history of the same size, signed anew",
    needsEarlier: true,
    apply: (honest) => publish([{ ...honest.log, entries: rewritten(honest) }]),
  },
  {
    name: "a forked history that has grown since, signed anew",
    needsEarlier: true,
    apply: (honest) => publish([{ ...honest.log, entries: [...rewritten(honest), utf8("more")] }]),
  },
  {
    name: "an entry of the past left out, signed anew",
    needsEarlier: true,
    apply: ({ log }) => publish([{ ...log, entries: log.entries.slice(1) }]),
  },
]

/** The tlog-policy file that pins the log's key. */
export function pin({ log }: Honest): string {
  return `log ${formatVkey(log.signer.key)}\nquorum none\n`
}

/** Entries of a mirror as they are, under a key that the table holds. */
export function standIn(files: Files, listed: { name: string; origin: string; prefix: string }): TestLog {
  const read = (path: string): Uint8Array => {
    const body = files.get(listed.prefix.slice(1) + path)
    if (body === undefined) throw new Error(`the mirror has no ${path}`)
    return body
  }
  const { size } = parseCheckpoint(parseNote(fromUtf8(read("checkpoint"))).text)
  const entries = bundlesOf(size).flatMap((bundle) => parseBundle(read(tilePath(bundle)), bundle.width))
  return { name: listed.name, prefix: listed.prefix, signer: makeTestSigner(listed.origin), entries }
}
