// Row types of the database `custody`. 64-bit numbers travel as text; bytea as Buffer.
import type { ColumnType, Generated } from "kysely"

type Int64 = ColumnType<string, string | bigint, never>
type Stamp = ColumnType<Date, never, never>

export type Tables = {
  master: { master: Int64; reference: Buffer; minted_at: Stamp }
  identity_key: { token: Buffer; master: ColumnType<string | null, string | null, string | null> }
  source: { source: Generated<number>; data_set: string; submission: string }
  subject: { source: number; token: Buffer; master: Int64; method: number }
  project: {
    project: string
    number: number
    salt: Buffer | null
    opened_at: Stamp
    destroyed_at: ColumnType<Date | null, never, Date>
  }
  project_person: { number: number; rank: Int64; master: Int64 }
  project_offer: { number: number; extract: string; master: Int64; token: Buffer }
  reversal: {
    reversal: string
    project: string
    person_id: Int64
    reason: string
    person: string
    asked_at: Stamp
    opened_at: ColumnType<Date | null, never, Date>
  }
  reversal_approval: { reversal: string; person: string; approved_at: Stamp }
  journal: {
    entry: Generated<Int64>
    at: Stamp
    caller: string
    verb: string
    subject: string
    count: number
  }
}
