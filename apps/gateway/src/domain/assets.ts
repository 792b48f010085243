// Which of Lab's own files are really Lab's: the hash of every file in the workspace images. A program in
// a workspace can take the place of the notebook server and serve anything; script that is not on this
// list never reaches a browser.
import { createHash } from "node:crypto"

/** URL path → SHA-256 (hex) of the file, per image; several images are in use at once after an update. */
export type AssetList = ReadonlyMap<string, ReadonlySet<string>>

const HASH = /^[0-9a-f]{64}$/

/** Reads lists as they are written beside the images: {"/static/lab/x.js": "<sha256>"}. @throws when one is not of this form */
export function readAssetLists(texts: readonly string[]): AssetList {
  const assets = new Map<string, Set<string>>()
  for (const text of texts) {
    const list: unknown = JSON.parse(text)
    if (typeof list !== "object" || list === null) throw new Error("a list of assets is not an object")
    for (const [path, hash] of Object.entries(list)) {
      if (typeof hash !== "string" || !HASH.test(hash)) throw new Error(`no SHA-256 for ${path}`)
      const known = assets.get(path) ?? new Set<string>()
      assets.set(path, known.add(hash))
    }
  }
  return assets
}

export function isListed(assets: AssetList, path: string, body: Buffer): boolean {
  return assets.get(path)?.has(createHash("sha256").update(body).digest("hex")) === true
}
