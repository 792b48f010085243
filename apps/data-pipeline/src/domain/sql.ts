// The only place where names and values become SQL text.

export function ident(name: string): string {
  if (name.includes("\0")) throw new Error("a name holds a zero byte")
  return `"${name.replaceAll('"', '""')}"`
}

export function text(value: string): string {
  if (value.includes("\0")) throw new Error("a value holds a zero byte")
  return `'${value.replaceAll("'", "''")}'`
}

/** A finite number, written so that it reads back exactly. */
export function number(value: number): string {
  if (!Number.isFinite(value)) throw new Error("a value is not a finite number")
  return Number.isInteger(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER
    ? String(value)
    : `CAST(${text(String(value))} AS DOUBLE)`
}

export function date(value: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) throw new Error("a value is not a date")
  return `DATE ${text(value)}`
}

export function list(parts: readonly string[]): string {
  return parts.join(", ")
}
