// The small documents that travel beside the data, one per zone; each names the hash of every object it lists.
import type { Severity, StoredObject } from "./contract.ts"
import type { Store, Bucket } from "./drivers/store.ts"

/** landed/<data set>/<submission>/submission.json */
export type Submission = {
  format: 1
  dataSet: string
  submission: string
  provider: string
  received: string
  files: (StoredObject & { table: string })[]
}

/** checked/<data set>/<submission>/manifest.json */
export type CheckedManifest = {
  format: 1
  dataSet: string
  submission: string
  received: string
  contract: { version: number; sha256: string }
  landed: string
  tables: { table: string; object: StoredObject }[]
}

/** linked/<data set>/<snapshot>/contents.json */
export type Contents = {
  format: 1
  dataSet: string
  snapshot: string
  contract: { version: number; sha256: string }
  parents: { submission: string; sha256: string }[]
  tables: { table: string; object: StoredObject }[]
}

export type ColumnStats = {
  name: string
  /** share of rows with a value, 0 to 1 */
  complete: number
}

export type TableStats = {
  table: string
  rows: number
  people: number
  object: StoredObject
  columns: ColumnStats[]
  latest: string | null
}

/** Shown in the catalogue: disclosure-controlled, see stages/profile.ts */
export type ColumnProfile = {
  name: string
  complete: number
  counts?: { value: string; count: number | null }[]
  quantiles?: { p5: number; p50: number; p95: number }
  months?: { month: string; count: number | null }[]
}
export type TableProfile = {
  table: string
  rows: number | null
  people: number | null
  columns: ColumnProfile[]
}

export type Alarm = { table: string; column: string | null; alarm: string; before: number; after: number }

/** linked/manifests/<data set>/<snapshot>.json */
export type SnapshotManifest = {
  format: 1
  dataSet: string
  snapshot: string
  previous: string | null
  created: string
  contract: { version: number; sha256: string }
  code: string
  parents: { submission: string; sha256: string }[]
  tables: TableStats[]
  rows: number
  people: number
  profile: TableProfile[]
  drift: Alarm[]
}

export type RuleCount = {
  table: string
  column: string | null
  rule: string
  severity: Severity
  count: number
}

export async function readDocument<T>(
  store: Store,
  bucket: Bucket,
  key: string,
): Promise<{ value: T; sha256: string }> {
  const { body, sha256 } = await store.read(bucket, key)
  return { value: JSON.parse(body.toString("utf8")) as T, sha256 }
}
