/**
 * Can every text in this JSON value be stored and logged? A NUL cannot be stored by PostgreSQL, and half of
 * a surrogate pair has no UTF-8.
 */
export function isStorable(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed() && !value.includes("\0")
  if (Array.isArray(value)) return value.every(isStorable)
  if (value !== null && typeof value === "object")
    return Object.entries(value).every(([key, v]) => isStorable(key) && isStorable(v))
  return true
}
