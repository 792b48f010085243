// C2SP tlog-tiles: which tiles a tree has, their paths, what is in them, and entry bundles.
import { FormatError } from "./bytes.ts"
import { HASH_BYTES } from "./merkle.ts"

export const TILE_WIDTH = 256
export const TILE_HEIGHT = 8
export const MAX_ENTRY_BYTES = 65_535
/** 256^7 exceeds 2^53: no tree here has a tile above this level. */
export const MAX_TILE_LEVEL = 6

/** `level` is "entries" for an entry bundle; width 256 is a full tile. */
export interface TileRef {
  level: number | "entries"
  n: number
  width: number
}

/** Path under a log's prefix, without a leading slash. */
export function tilePath(tile: TileRef): string {
  const groups: string[] = []
  let rest = tile.n
  do {
    groups.unshift((rest % 1000).toString().padStart(3, "0"))
    rest = Math.floor(rest / 1000)
  } while (rest > 0)
  const number = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/")
  const suffix = tile.width === TILE_WIDTH ? "" : `.p/${tile.width}`
  return `tile/${tile.level}/${number}${suffix}`
}

/** Undefined for anything that is not the one spelling of a tile. */
export function parseTilePath(path: string): TileRef | undefined {
  const match = /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(
    path,
  )
  if (!match) return undefined
  const [, levelText, numberText, widthText] = match
  if (levelText === undefined || numberText === undefined || numberText.length > 30) return undefined
  const level = levelText === "entries" ? ("entries" as const) : Number(levelText)
  const n = Number(numberText.replaceAll(/[x/]/g, ""))
  const width = widthText === undefined ? TILE_WIDTH : Number(widthText)
  if (level !== "entries" && level > 63) return undefined
  if (!Number.isSafeInteger(n) || width > TILE_WIDTH) return undefined
  const tile = { level, n, width }
  return tilePath(tile) === path ? tile : undefined
}

/** Hashes at a tile level of a tree: level 0 has one per entry, level L one per full tile of L − 1. */
export function levelSize(size: number, level: number): number {
  return Math.floor(size / TILE_WIDTH ** level)
}

/** Whether a tree of `size` has this tile (a narrower partial of a tile counts). */
export function treeHasTile(size: number, tile: TileRef): boolean {
  const level = tile.level === "entries" ? 0 : tile.level
  if (level > MAX_TILE_LEVEL) return false
  return tile.n * TILE_WIDTH + tile.width <= levelSize(size, level)
}

/** Every hash tile of a tree, level by level, the partial one (if any) last in its level. */
export function* tilesOf(size: number): Generator<TileRef & { level: number }> {
  for (let level = 0; levelSize(size, level) > 0; level++) {
    const hashes = levelSize(size, level)
    const full = Math.floor(hashes / TILE_WIDTH)
    for (let n = 0; n < full; n++) yield { level, n, width: TILE_WIDTH }
    if (hashes % TILE_WIDTH > 0) yield { level, n: full, width: hashes % TILE_WIDTH }
  }
}

export function bundlesOf(size: number): TileRef[] {
  const out: TileRef[] = []
  for (let n = 0; n * TILE_WIDTH < size; n++) {
    out.push({ level: "entries", n, width: Math.min(TILE_WIDTH, size - n * TILE_WIDTH) })
  }
  return out
}

export function formatBundle(entries: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY_BYTES) throw new RangeError(`an entry has ${entry.length} bytes`)
    length += 2 + entry.length
  }
  const out = new Uint8Array(length)
  let at = 0
  for (const entry of entries) {
    out[at] = entry.length >>> 8
    out[at + 1] = entry.length & 255
    out.set(entry, at + 2)
    at += 2 + entry.length
  }
  return out
}

/** Exactly `count` entries and nothing after them, else FormatError. */
export function parseBundle(bytes: Uint8Array, count: number): Uint8Array[] {
  const entries: Uint8Array[] = []
  let at = 0
  while (at < bytes.length) {
    const high = bytes[at]
    const low = bytes[at + 1]
    if (high === undefined || low === undefined) throw new FormatError("the bundle ends inside a length")
    const end = at + 2 + high * 256 + low
    if (end > bytes.length) throw new FormatError("the bundle ends inside an entry")
    entries.push(bytes.subarray(at + 2, end))
    at = end
  }
  if (entries.length !== count) {
    throw new FormatError(`the bundle has ${entries.length} entries, not ${count}`)
  }
  return entries
}

/** The hashes of a tile of known width, else FormatError. */
export function parseTile(bytes: Uint8Array, width: number): Uint8Array[] {
  if (bytes.length !== width * HASH_BYTES) {
    throw new FormatError(`the tile has ${bytes.length} bytes, not ${width * HASH_BYTES}`)
  }
  const hashes: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += HASH_BYTES) hashes.push(bytes.subarray(at, at + HASH_BYTES))
  return hashes
}
