// Reading a tree's nodes from its tiles, and knowing beforehand which tiles a proof needs.
import { foldPerfect } from "./edge.ts"
import { HASH_BYTES, proveConsistency, type NodeReader } from "./merkle.ts"
import type { Hasher } from "./sha256.ts"
import { levelSize, TILE_HEIGHT, TILE_WIDTH, type TileRef } from "./tiles.ts"

export type HashTile = TileRef & { level: number }

/** `tile` answers the hashes of a tile that was fetched, or undefined. Throws when a node needs another one. */
export function tileNodeReader(
  hash: Hasher,
  tile: (level: number, n: number) => readonly Uint8Array[] | undefined,
): NodeReader {
  return (level, index) => {
    const tileLevel = Math.floor(level / TILE_HEIGHT)
    const width = 2 ** (level % TILE_HEIGHT)
    const first = index * width
    const at = first % TILE_WIDTH
    const hashes = tile(tileLevel, Math.floor(first / TILE_WIDTH))?.slice(at, at + width)
    if (hashes?.length !== width) throw new Error(`no tile holds node ${level}/${index}`)
    return foldPerfect(hash, hashes)
  }
}

/** The tiles on the right edge of a tree: enough for its root. */
export function tilesForRoot(size: number): HashTile[] {
  const tiles: HashTile[] = []
  for (let level = 0; levelSize(size, level) > 0; level++) {
    const width = levelSize(size, level) % TILE_WIDTH
    if (width > 0) tiles.push({ level, n: Math.floor(levelSize(size, level) / TILE_WIDTH), width })
  }
  return tiles
}

/** The tiles from which the inclusion of one entry can be proved. */
export function tilesForInclusion(index: number, size: number): HashTile[] {
  const tiles = tilesForRoot(size)
  for (let level = 0; levelSize(size, level) > 0; level++) {
    const n = Math.floor(index / TILE_WIDTH ** (level + 1))
    const width = Math.min(TILE_WIDTH, levelSize(size, level) - n * TILE_WIDTH)
    if (width > 0 && !tiles.some((tile) => tile.level === level && tile.n === n)) {
      tiles.push({ level, n, width })
    }
  }
  return tiles
}

/** The tiles from which it can be proved that the tree of `size` begins with the tree of `old`. */
export function tilesForConsistency(old: number, size: number): HashTile[] {
  const tiles = new Map<string, HashTile>()
  const nothing = new Uint8Array(HASH_BYTES)
  const note: NodeReader = (nodeLevel, index) => {
    const level = Math.floor(nodeLevel / TILE_HEIGHT)
    const n = Math.floor((index * 2 ** (nodeLevel % TILE_HEIGHT)) / TILE_WIDTH)
    const width = Math.min(TILE_WIDTH, levelSize(size, level) - n * TILE_WIDTH)
    tiles.set(`${level}/${n}`, { level, n, width })
    return nothing
  }
  proveConsistency(() => nothing, note, old, size)
  return [...tiles.values()]
}
