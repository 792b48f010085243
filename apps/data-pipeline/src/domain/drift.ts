// The four checks that users of national extracts do by hand for every batch, against the snapshot before.
import type { Alarm, TableStats } from "../documents.ts"

const ROWS_DROP = 0.05
const COMPLETENESS_DROP = 0.05

export function findDrift(before: readonly TableStats[], after: readonly TableStats[]): Alarm[] {
  const alarms: Alarm[] = []
  for (const now of after) {
    const was = before.find((t) => t.table === now.table)
    if (!was) continue
    if (now.rows < was.rows * (1 - ROWS_DROP)) {
      alarms.push({
        table: now.table,
        column: null,
        alarm: "rows-dropped",
        before: was.rows,
        after: now.rows,
      })
    }
    if (now.people < was.people * (1 - ROWS_DROP)) {
      alarms.push({
        table: now.table,
        column: null,
        alarm: "people-dropped",
        before: was.people,
        after: now.people,
      })
    }
    if (was.latest !== null && (now.latest === null || now.latest < was.latest)) {
      alarms.push({
        table: now.table,
        column: null,
        alarm: "latest-event-earlier",
        before: days(was.latest),
        after: days(now.latest),
      })
    }
    for (const column of now.columns) {
      const earlier = was.columns.find((c) => c.name === column.name)
      if (earlier && column.complete < earlier.complete - COMPLETENESS_DROP) {
        alarms.push({
          table: now.table,
          column: column.name,
          alarm: "missingness-jumped",
          before: earlier.complete,
          after: column.complete,
        })
      }
    }
  }
  for (const was of before) {
    if (!after.some((t) => t.table === was.table)) {
      alarms.push({ table: was.table, column: null, alarm: "table-gone", before: was.rows, after: 0 })
    }
  }
  return alarms
}

/** Days since 1970, so that alarms hold numbers only. */
function days(date: string | null): number {
  return date === null ? 0 : Math.floor(Date.parse(`${date}T00:00:00Z`) / 86_400_000)
}
