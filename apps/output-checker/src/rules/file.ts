// Rules about the file itself: its type, its size, whether it could be read, what it hides, what runs.
import type { ColumnScan } from "../table/column.ts"
import { nothingOfThisKind, placeOf, type Item, type Outcome, type Rule, type RuleContext } from "./rule.ts"

const own = (what: string): string => `own rule of the engine: ${what}`

export const fileType: Rule = {
  id: "file-type",
  version: "1",
  severity: "block",
  source: (policy) => `${policy.sources.accepted}; ${policy.sources.refused}`,
  needsNumbers: false,
  check(context: RuleContext): Outcome {
    const { accepted, by_request: byRequest, refused } = context.policy.parameters
    const { reading } = context
    const violated: Item[] = []
    const unverifiable: Item[] = []
    if (reading.mislabelled !== undefined)
      violated.push({ location: {}, message: `${reading.mislabelled} Give the file the name of what it is.` })
    if (reading.refused !== undefined)
      violated.push({
        location: {},
        message: `The file is ${reading.refused.what} and is refused unread. ${reading.refused.wayOut}`,
      })
    else if (refused.includes(reading.format))
      violated.push({ location: {}, message: `The policy refuses files of type ${reading.format}.` })
    else if (!accepted.includes(reading.format))
      unverifiable.push({
        location: {},
        message: byRequest.includes(reading.format)
          ? `Files of type ${reading.format} leave only when a person has looked at them. A CSV, a text or a PNG is checked faster.`
          : `Files of type ${reading.format} are not on the policy's list. Hand in a CSV, a text or a PNG instead.`,
      })
    return {
      violated,
      unverifiable,
      satisfied: {
        message: `The content is ${reading.format}, told from its bytes, and the policy accepts that.`,
        known: "file",
      },
    }
  },
}

export const size: Rule = {
  id: "size",
  version: "1",
  severity: "block",
  source: (policy) => `${policy.sources.max_bytes}; ${policy.sources.max_rows}`,
  needsNumbers: false,
  check(context: RuleContext): Outcome {
    const { max_bytes: maxBytes, max_rows: maxRows } = context.policy.parameters
    const violated: Item[] = []
    if (context.file.size > maxBytes)
      violated.push({
        location: {},
        message: `${context.file.size} bytes are more than the ${maxBytes} that a person can look through.`,
      })
    for (const view of context.views)
      if (view.table.rowCount > maxRows)
        violated.push({
          location: placeOf(view),
          message: `${view.table.rowCount} rows are more than ${maxRows}.`,
        })
    return {
      violated,
      unverifiable: [],
      satisfied: {
        message: `${context.file.size} bytes, within ${maxBytes} bytes and ${maxRows} rows.`,
        known: "file",
      },
    }
  },
}

export const unreadable: Rule = {
  id: "unreadable",
  version: "1",
  severity: "block",
  source: () => own("what cannot be read cannot be checked"),
  needsNumbers: false,
  check(context: RuleContext): Outcome {
    const { reading, file } = context
    const violated: Item[] = []
    const unverifiable: Item[] = []
    if (!file.read)
      unverifiable.push({
        location: {},
        message: "The file is too large to be read here. Hand in a smaller one.",
      })
    else if (reading.refused !== undefined)
      unverifiable.push({ location: {}, message: `Not read: ${reading.refused.what}.` })
    for (const doubt of reading.doubts)
      (doubt.broken ? violated : unverifiable).push({ location: doubt.location, message: doubt.message })
    return {
      violated,
      unverifiable,
      satisfied: { message: `The whole file was read as ${reading.format}.`, known: "file" },
    }
  },
}

export const hiddenContent: Rule = {
  id: "hidden-content",
  version: "1",
  severity: "block",
  source: () => own("a checker must see everything that leaves"),
  needsNumbers: false,
  check(context: RuleContext): Outcome {
    const { reading, file } = context
    const violated: Item[] = reading.hidden.map((n) => ({ location: n.location, message: n.message }))
    const unverifiable: Item[] = []
    if (!file.read || reading.refused !== undefined)
      unverifiable.push({ location: {}, message: "The file was not read, so what it hides is not known." })
    return {
      violated,
      unverifiable,
      satisfied: {
        message: "Nothing was found that a person looking at the file would not see.",
        known: "file",
      },
    }
  },
}

export const formula: Rule = {
  id: "formula",
  version: "1",
  severity: "block",
  source: () => own("a released table must not run when it is opened"),
  needsNumbers: false,
  check(context: RuleContext): Outcome {
    const violated: Item[] = context.reading.active.map((n) => ({ location: n.location, message: n.message }))
    // Only what a spreadsheet opens has formulas; a printed text may well begin a word with a sign.
    const opened = ["table", "spreadsheet", "archive"].includes(context.reading.kind)
    for (const view of opened ? context.views : [])
      for (const column of view.table.columns) violated.push(...formulasOf(view, column))
    const unverifiable: Item[] = []
    if (!context.file.read || context.reading.refused !== undefined)
      unverifiable.push({ location: {}, message: "The file was not read, so what it runs is not known." })
    if (violated.length === 0 && unverifiable.length === 0 && context.views.length === 0)
      return nothingOfThisKind("the file has no cells and no scripts.")
    return {
      violated,
      unverifiable,
      satisfied: { message: "No cell is a formula and nothing in the file runs.", known: "file" },
    }
  },
}

function formulasOf(view: RuleContext["views"][number], column: ColumnScan): Item[] {
  const items = column.formulas.rows.map((row, i) => ({
    location: placeOf(view, row, column.index),
    message: `“${column.formulas.texts[i] ?? ""}” runs as a formula in a spreadsheet. Put a blank or a quote before it, or remove it.`,
  }))
  if (/^\s*[=@]./.test(column.name))
    items.push({
      location: placeOf(view, 0, column.index),
      message: `The header “${column.name}” runs as a formula in a spreadsheet.`,
    })
  return items
}
