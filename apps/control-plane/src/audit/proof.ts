// Inclusion proofs of single entries against a published checkpoint, as tlog-proof files.
import { parseCheckpoint } from "#transparency/checkpoint.ts"
import { proveInclusion } from "#transparency/merkle.ts"
import { parseNote } from "#transparency/note.ts"
import { formatProof } from "#transparency/proof.ts"
import { tileNodeReader, tilesForInclusion } from "#transparency/tile-reader.ts"
import { nodeHash } from "./hash.ts"
import { readHashes, type Queryable } from "./log-store.ts"
import { TILE_WIDTH } from "#transparency/tiles.ts"

/** The newest checkpoint that is out, as a signed note; undefined before the first. */
export async function newestCheckpoint(db: Queryable, log: string): Promise<string | undefined> {
  const { rows } = await db.query<{ note: string }>(
    "select note from checkpoint where log_id = $1 order by id desc limit 1",
    [log],
  )
  return rows[0]?.note
}

/** The same with the newest line of each of these witnesses that has cosigned this size so far. */
export async function newestCosigned(
  db: Queryable,
  log: string,
  witnesses: readonly string[],
): Promise<string | undefined> {
  const { rows } = await db.query<{ note: string; lines: string[] }>(
    `select note, array(
       select distinct on (witness) line from cosignature c
       where c.log_id = k.log_id and c.size = k.size and witness = any($2) order by witness, received_at desc) as lines
     from checkpoint k where log_id = $1 order by id desc limit 1`,
    [log, witnesses],
  )
  return rows[0] && rows[0].note + rows[0].lines.join("")
}

/** Undefined while no published checkpoint covers the entry (at most some ten seconds after its append). */
export async function proveEntry(
  db: Queryable,
  log: string,
  index: number,
  witnesses: readonly string[],
): Promise<string | undefined> {
  const note = await newestCosigned(db, log, witnesses)
  if (note === undefined) return undefined
  const { size } = parseCheckpoint(parseNote(note).text)
  if (index >= size) return undefined
  const tiles = new Map<string, Uint8Array[]>()
  for (const { level, n, width } of tilesForInclusion(index, size)) {
    const start = n * TILE_WIDTH
    tiles.set(`${level}/${n}`, await readHashes(db, log, level, start, start + width))
  }
  const node = tileNodeReader(nodeHash, (level, n) => tiles.get(`${level}/${n}`))
  return formatProof({ index, hashes: proveInclusion(nodeHash, node, index, size), checkpoint: note })
}
