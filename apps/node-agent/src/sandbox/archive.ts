// Where one entry of a check's archive belongs. Names come from researchers: anything that could reach
// outside its folder, and anything that is not a regular file, ends the check.
const FOLDERS: ReadonlySet<string> = new Set(["files", "supporting", "evidence", "previous", "ledger"])

export type Place = { readonly folder: string; readonly path: string }

/** Throws with a sentence for the caller. */
export function placeOf(type: string, name: string): Place {
  if (type !== "file" && type !== "contiguous-file")
    throw new Error(`the archive has an entry that is no regular file: ${type}`)
  const [folder, ...rest] = name.split("/")
  if (folder === undefined || !FOLDERS.has(folder))
    throw new Error("an entry is in none of the agreed folders")
  if (rest.length === 0 || rest.length > 20) throw new Error("an entry has no name or too many folders")
  for (const part of rest) {
    if (
      part === "" ||
      part === "." ||
      part === ".." ||
      part.includes("\0") ||
      Buffer.byteLength(part) > 255
    ) {
      throw new Error("an entry has an impossible name")
    }
  }
  return { folder, path: rest.join("/") }
}
