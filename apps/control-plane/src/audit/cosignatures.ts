// Witnesses of the logs: who they are (a policy file that anyone responsible can read), what they are shown,
// and the lines that came back. Nothing here is waited for when data is served.
import { readFile } from "node:fs/promises"
import { fromUtf8, toHex, utf8 } from "#transparency/bytes.ts"
import type { Growth } from "#transparency/add-checkpoint.ts"
import { proveConsistency } from "#transparency/merkle.ts"
import { formatVkey } from "#transparency/note.ts"
import { formatPolicy, parsePolicy, type TlogPolicy } from "#transparency/policy.ts"
import { tileNodeReader, tilesForConsistency } from "#transparency/tile-reader.ts"
import { TILE_WIDTH } from "#transparency/tiles.ts"
import { nodeHash } from "./hash.ts"
import { readHashes, type Queryable } from "./log-store.ts"
import { listPublicLogs } from "./serve.ts"

/** A checkpoint with more lines than this is refused by readers; the log's own is among them. */
const MAX_WITNESSES = 32

const NOBODY: TlogPolicy = { logs: [], witnesses: [], groups: [], quorum: "none" }

/** The newest published checkpoint of a log. */
export interface Shown {
  /** grows with every publication */
  id: number
  log: string
  size: number
  /** As published, without witnesses' lines. */
  note: string
}

export class Cosignatures {
  readonly #db: Queryable
  readonly #file: string
  readonly #site: string
  #policy = NOBODY
  #text: string | undefined

  /** `file` need not be there; `site` is the address under which the logs are published. */
  constructor(options: { db: Queryable; file: string; site: string }) {
    this.#db = options.db
    this.#file = options.file
    this.#site = options.site
  }

  get policy(): TlogPolicy {
    return this.#policy
  }

  /** Verifier keys, as the list of logs shows them. */
  get vkeys(): string[] {
    return this.#policy.witnesses.map(({ key }) => formatVkey(key))
  }

  /** Whose lines are served: one that is no longer named may have lost its key. */
  get names(): string[] {
    return this.#policy.witnesses.map(({ key }) => key.name)
  }

  /** Reads the file again; the SHA-256 of a text that is new. Throws, and goes on with the earlier one, when it is not a policy. */
  async load(): Promise<string | undefined> {
    const text = await readIfThere(this.#file)
    if (text === this.#text) return undefined
    const policy = text === undefined ? NOBODY : parsePolicy(nodeHash, text)
    if (policy.witnesses.length > MAX_WITNESSES) throw new Error(`more than ${MAX_WITNESSES} witnesses`)
    const first = this.#text === undefined && text === undefined
    this.#text = text
    this.#policy = policy
    return first ? undefined : toHex(nodeHash(utf8(text ?? "")))
  }

  async newest(): Promise<Shown[]> {
    const { rows } = await this.#db.query<{ id: string; log_id: string; size: string; note: string }>(
      `select k.id, k.log_id, k.size, k.note from log cross join lateral (
         select * from checkpoint where log_id = log.id order by id desc limit 1) k`,
    )
    return rows.map(({ id, log_id, size, note }) => ({
      id: Number(id),
      log: log_id,
      size: Number(size),
      note,
    }))
  }

  /** What shows a witness that the log's first `size` entries begin with the first `oldSize`. */
  async proveGrowth(log: string, oldSize: number, size: number): Promise<Growth> {
    const tiles = new Map<string, Uint8Array[]>()
    for (const { level, n, width } of tilesForConsistency(oldSize, size)) {
      const start = n * TILE_WIDTH
      tiles.set(`${level}/${n}`, await readHashes(this.#db, log, level, start, start + width))
    }
    const node = tileNodeReader(nodeHash, (level, n) => tiles.get(`${level}/${n}`))
    return { oldSize, proof: proveConsistency(nodeHash, node, oldSize, size) }
  }

  /** The caller has verified the line, which ends with its newline. */
  async keep(log: string, size: number, witness: string, line: string): Promise<void> {
    await this.#db.query(
      "insert into cosignature (log_id, size, witness, line) values ($1, $2, $3, $4) on conflict do nothing",
      [log, size, witness, line],
    )
  }

  /** The largest size that a witness is known to have cosigned. */
  async sizeOf(log: string, witness: string): Promise<number> {
    const { rows } = await this.#db.query<{ size: string }>(
      "select size from cosignature where log_id = $1 and witness = $2 order by size desc limit 1",
      [log, witness],
    )
    return Number(rows[0]?.size ?? 0)
  }

  /** When a witness of today's policy last cosigned a checkpoint of the log. */
  async lastWitnessed(log: string): Promise<string | null> {
    if (this.names.length === 0) return null
    const { rows } = await this.#db.query<{ received_at: Date }>(
      `select received_at from cosignature where log_id = $1 and witness = any($2)
       order by size desc, received_at desc limit 1`,
      [log, this.names],
    )
    return rows[0]?.received_at.toISOString() ?? null
  }

  /** The trust anchor that outsiders may keep: every log's key, the witnesses and how many are enough. */
  async publicPolicy(): Promise<string> {
    const listed = await listPublicLogs(this.#db, [])
    const logs = listed.map(({ vkey, prefix }) => ({ vkey, url: `${this.#site}${prefix}` }))
    const nobody = this.#policy.witnesses.length === 0 ? "# no witness is configured\n" : ""
    return `${logs.map(({ vkey, url }) => `log ${vkey} ${url}\n`).join("")}${nobody}${formatPolicy({ ...this.#policy, logs: [] })}`
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return fromUtf8(await readFile(file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  }
}
