// Proves from a published log that it only grew since it had some size: what a witness wants to see.
import type { Growth } from "./add-checkpoint.ts"
import { fromUtf8 } from "./bytes.ts"
import { parseCheckpoint } from "./checkpoint.ts"
import { proveConsistency } from "./merkle.ts"
import { parseNote } from "./note.ts"
import type { Hasher } from "./sha256.ts"
import { tileNodeReader, tilesForConsistency } from "./tile-reader.ts"
import { parseTile, tilePath } from "./tiles.ts"
import { parseLogList, type Fetcher } from "./verify-log.ts"

/** From `old` to the newest checkpoint of the log called `name`. Throws with a sentence when that cannot be proved. */
export async function proveGrowth(
  hash: Hasher,
  source: { listPath: string; fetch: Fetcher },
  name: string,
  old: number,
): Promise<Growth> {
  const need = async (path: string): Promise<Uint8Array> => {
    const body = await source.fetch(path)
    if (body === undefined) throw new Error(`${path} is missing`)
    return body
  }
  const log = parseLogList(await need(source.listPath)).find((listed) => listed.name === name)
  if (log === undefined) throw new Error(`there is no log ${name}`)
  const { size } = parseCheckpoint(parseNote(fromUtf8(await need(`${log.prefix}checkpoint`))).text)
  if (old > size) throw new Error(`the log has ${size} entries, fewer than ${old}`)

  const tiles = new Map<string, Uint8Array[]>()
  for (const tile of tilesForConsistency(old, size)) {
    const body = await need(log.prefix + tilePath(tile))
    tiles.set(`${tile.level}/${tile.n}`, parseTile(body, tile.width))
  }
  const node = tileNodeReader(hash, (level, n) => tiles.get(`${level}/${n}`))
  return { oldSize: old, proof: proveConsistency(hash, node, old, size) }
}
