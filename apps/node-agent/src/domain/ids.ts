// Ids arrive in paths and bodies and become container names, labels and directory names, so nothing but
// the fixed alphabet may pass.
import { invalid } from "./errors.ts"

const ID = /^[a-z2-7]{12}$/

export function isId(text: string): boolean {
  return ID.test(text)
}

/** The id, or `invalid_id` naming which one it was. */
export function requireId(what: string, text: string): string {
  if (!ID.test(text)) throw invalid("invalid_id", `The ${what} id is not 12 characters of a-z and 2-7.`)
  return text
}
