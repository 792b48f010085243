// Profile of a table for the catalogue, disclosure-controlled: counts below 10 are hidden and others rounded to 5;
// no minimum or maximum; completeness in whole percent; quantiles of at least 100 values, three digits.
import type { ColumnProfile, TableProfile } from "../documents.ts"
import type { PublishedColumn } from "../data-set.ts"
import type { Database } from "../drivers/database.ts"
import { controlCount } from "../domain/counts.ts"
import * as sql from "../domain/sql.ts"

const MOST_CATEGORIES = 60
const FEWEST_FOR_QUANTILES = 100

function round3(value: number): number {
  return Number(value.toPrecision(3))
}

export async function profileTable(
  db: Database,
  relation: string,
  table: string,
  columns: readonly PublishedColumn[],
  counts: { rows: number; people: number; dateColumn: string | undefined },
): Promise<TableProfile> {
  const profiles: ColumnProfile[] = []
  for (const column of columns) profiles.push(await profileColumn(db, relation, column, counts))
  return { table, rows: controlCount(counts.rows), people: controlCount(counts.people), columns: profiles }
}

async function profileColumn(
  db: Database,
  relation: string,
  column: PublishedColumn,
  counts: { rows: number; dateColumn: string | undefined },
): Promise<ColumnProfile> {
  const name = sql.ident(column.name)
  const [base] = await db.all(`SELECT count(${name})::BIGINT AS n FROM ${relation}`)
  const present = Number(base?.n)
  const profile: ColumnProfile = {
    name: column.name,
    complete: counts.rows === 0 ? 0 : Math.round((present / counts.rows) * 100) / 100,
  }
  if (column.person || present === 0) return profile
  if (column.name === counts.dateColumn) {
    const months =
      await db.all(`SELECT strftime(${name}, '%Y-%m') AS month, count(*)::BIGINT AS n FROM ${relation}
      WHERE ${name} IS NOT NULL GROUP BY 1 ORDER BY 1`)
    profile.months = months.map((m) => ({ month: String(m.month), count: controlCount(Number(m.n)) }))
    return profile
  }
  if (column.values !== undefined || column.type === "text") {
    const groups = await db.all(`SELECT ${name}::VARCHAR AS value, count(*)::BIGINT AS n FROM ${relation}
      WHERE ${name} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MOST_CATEGORIES + 1}`)
    if (groups.length <= MOST_CATEGORIES) {
      // a hidden count keeps its label only when the contract lists the value: a rare free value is itself a fact
      profile.counts = groups
        .map((g) => ({ value: String(g.value), count: controlCount(Number(g.n)) }))
        .filter((g) => g.count !== null || column.values?.[g.value] !== undefined)
    }
    return profile
  }
  if ((column.type === "number" || column.type === "integer") && present >= FEWEST_FOR_QUANTILES) {
    const [q] =
      await db.all(`SELECT quantile_cont(${name}, 0.05)::DOUBLE AS p5, quantile_cont(${name}, 0.5)::DOUBLE AS p50,
      quantile_cont(${name}, 0.95)::DOUBLE AS p95 FROM ${relation}`)
    profile.quantiles = {
      p5: round3(Number(q?.p5)),
      p50: round3(Number(q?.p50)),
      p95: round3(Number(q?.p95)),
    }
  }
  return profile
}
