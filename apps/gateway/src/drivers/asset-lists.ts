// The lists of Lab's own files, one file per workspace image, written when an image is built. Read again
// when the folder has changed, so that a new image needs no restart here.
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { type AssetList, readAssetLists } from "../domain/assets.ts"

const CHECK_EVERY = 5000

export class AssetLists {
  readonly #directory: string
  readonly #now: () => number
  #list: AssetList = new Map()
  #changed = Number.NaN
  #checked = -Infinity

  /** @throws when a list is there and cannot be read: then nothing may be served */
  constructor(directory: string, now: () => number) {
    this.#directory = directory
    this.#now = now
    this.current()
  }

  /** The known files; empty when no image has a list, then what calls itself Lab's own is only metered. */
  current(): AssetList {
    if (this.#now() - this.#checked < CHECK_EVERY) return this.#list
    this.#checked = this.#now()
    const changed = statSync(this.#directory, { throwIfNoEntry: false })?.mtimeMs
    if (changed === undefined || changed === this.#changed) return this.#list
    const names = readdirSync(this.#directory).filter((name) => name.endsWith(".json"))
    this.#list = readAssetLists(names.map((name) => readFileSync(join(this.#directory, name), "utf8")))
    this.#changed = changed
    return this.#list
  }
}
