// Edits of a kept table, and the table as it is after them.
import { scanOptionsFor, type Policy } from "../check.ts"
import { makeTable } from "../table/table.ts"
import { viewTable, type TableView } from "../table/view.ts"

/** One edit of a cell of a kept table. */
export interface Edit {
  row: number
  column: number
  after: string
  why: string
}

/** The same table with edits made, for rules that look at it again. */
export function withEdits(view: TableView, edits: readonly Edit[], policy: Policy): TableView {
  const rows = (view.table.cells ?? []).map((r) => [...r])
  for (const edit of edits) {
    const line = rows[edit.row]
    if (line !== undefined) line[edit.column] = edit.after
  }
  const names = view.table.columns.map((c) => c.name)
  return viewTable(
    makeTable(
      names,
      rows,
      {},
      { ...scanOptionsFor(policy, undefined), decimalComma: view.table.decimalComma },
      view.table.title,
    ),
  )
}
