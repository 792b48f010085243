// What the witness has cosigned: the newest checkpoint of each log, in one SQLite file. Moving on from one
// checkpoint to the next is one statement that names the one it moves from, so that of two requests, two
// processes or a request and `witness sign` only one can; what it returned from survives kill -9 and a
// power cut.
import { existsSync } from "node:fs"
import path from "node:path"
import { DatabaseSync } from "node:sqlite"

export interface Seen {
  size: number
  root: Uint8Array
  /** The checkpoint with the log's signature and this witness's. */
  note: string
}

const BUSY_MS = 5_000

function databaseFile(directory: string): string {
  return path.join(directory, "seen.sqlite")
}

export function hasMemory(directory: string): boolean {
  return existsSync(databaseFile(directory))
}

export class Memory implements Disposable {
  readonly #db: DatabaseSync

  constructor(directory: string) {
    this.#db = new DatabaseSync(databaseFile(directory), { timeout: BUSY_MS })
    this.#db.exec("pragma journal_mode = delete; pragma synchronous = extra")
    this.#db.exec(`create table if not exists seen (
      origin text primary key,
      size integer not null check (size >= 0),
      root blob not null check (length(root) = 32),
      note text not null
    ) strict`)
  }

  all(): { origin: string; size: number }[] {
    const rows = this.#db.prepare("select origin, size from seen order by origin").all()
    return rows.map((row) => ({ origin: String(row["origin"]), size: Number(row["size"]) }))
  }

  newest(origin: string): Seen | undefined {
    const row = this.#db.prepare("select size, root, note from seen where origin = ?").get(origin)
    if (row === undefined) return undefined
    return { size: Number(row["size"]), root: row["root"] as Uint8Array, note: String(row["note"]) }
  }

  /** False when the newest is not `from` any more (undefined: there is one by now); nothing is changed then. */
  advance(origin: string, from: Seen | undefined, to: Seen): boolean {
    const { changes } =
      from === undefined
        ? this.#db
            .prepare("insert into seen (origin, size, root, note) values (?, ?, ?, ?) on conflict do nothing")
            .run(origin, to.size, to.root, to.note)
        : this.#db
            .prepare(
              "update seen set size = ?, root = ?, note = ? where origin = ? and size = ? and root = ?",
            )
            .run(to.size, to.root, to.note, origin, from.size, from.root)
    return Number(changes) === 1
  }

  [Symbol.dispose](): void {
    this.#db.close()
  }
}
