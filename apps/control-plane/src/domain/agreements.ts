// The agreement compiler: one document into the extract's plan, plain words, the register's row, and the
// differences between versions. Pure; the document decides, nothing else does.
import { createHash } from "node:crypto"
import type { AgreementDocument } from "#contract/agreements.ts"
import { dateInWords } from "./dates.ts"

/** Keys sorted, no white space: equal documents have equal bytes. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value as Record<string, unknown>)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(",")}}`
  }
  return JSON.stringify(value)
}

export function hashDocument(document: AgreementDocument): { text: string; sha256: string } {
  const text = canonicalJson(document)
  return { text, sha256: createHash("sha256").update(text).digest("hex") }
}

type Condition = AgreementDocument["dataSets"][number]["tables"][number]["filter"][number]

const OPERATORS: Readonly<Record<string, string>> = {
  equal: "eq",
  not_equal: "ne",
  less: "lt",
  less_or_equal: "le",
  greater: "gt",
  greater_or_equal: "ge",
}

export type StageFilter = Record<string, unknown>

export function compileFilter(conditions: readonly Condition[]): StageFilter | undefined {
  if (conditions.length === 0) return undefined
  return {
    all: conditions.map((c) => {
      if (c.is === "present") return { column: c.column, op: "not-null" }
      if (c.is === "one_of")
        return { column: c.column, op: "in", values: Array.isArray(c.value) ? c.value : [c.value] }
      return { column: c.column, op: OPERATORS[c.is], value: c.value }
    }),
  }
}

export interface SnapshotOf {
  readonly dataSet: string
  readonly snapshot: string
}

export interface ExtractPlan {
  readonly tables: readonly {
    dataSet: string
    snapshot: string
    table: string
    columns: readonly string[]
    where?: StageFilter
  }[]
  readonly cohort?: { dataSet: string; snapshot: string; table: string; where?: StageFilter }
  readonly dates?: { from?: string; to?: string }
}

/** undefined while a data set of the agreement has no snapshot yet. */
export function compileExtract(
  document: AgreementDocument,
  snapshots: readonly SnapshotOf[],
): ExtractPlan | undefined {
  const snapshotOf = new Map(snapshots.map((s) => [s.dataSet, s.snapshot]))
  const tables: ExtractPlan["tables"][number][] = []
  for (const set of document.dataSets) {
    const snapshot = snapshotOf.get(set.dataSet)
    if (snapshot === undefined) return undefined
    for (const table of set.tables) {
      const where = compileFilter(table.filter)
      tables.push({
        dataSet: set.dataSet,
        snapshot,
        table: table.table,
        columns: table.columns,
        ...(where ? { where } : {}),
      })
    }
  }
  const cohortSnapshot = document.cohort ? snapshotOf.get(document.cohort.dataSet) : undefined
  if (document.cohort && cohortSnapshot === undefined) return undefined
  const cohortWhere = document.cohort ? compileFilter(document.cohort.filter) : undefined
  const dates =
    document.dates && (document.dates.from || document.dates.until)
      ? {
          ...(document.dates.from ? { from: document.dates.from } : {}),
          ...(document.dates.until ? { to: document.dates.until } : {}),
        }
      : undefined
  return {
    tables,
    ...(document.cohort && cohortSnapshot !== undefined
      ? {
          cohort: {
            dataSet: document.cohort.dataSet,
            snapshot: cohortSnapshot,
            table: document.cohort.table,
            ...(cohortWhere ? { where: cohortWhere } : {}),
          },
        }
      : {}),
    ...(dates ? { dates } : {}),
  }
}

const PRESETS: Readonly<Record<AgreementDocument["outputPolicy"]["preset"], string>> = {
  opensafely: "OpenSAFELY",
  "nhs-england-sde": "the NHS England SDE",
  "ons-srs": "the ONS Secure Research Service",
  sail: "the SAIL Databank",
  "acro-default": "ACRO",
}

const OPT_OUT: Readonly<Record<AgreementDocument["optOut"]["rule"], string>> = {
  national_opt_out_applied: "People who opted out are not in the data.",
  not_applicable: "The national opt-out does not apply to these data.",
  exempt: "The national opt-out does not apply, by exemption.",
}

/** The agreement as a person reads it, by the five safes. */
export function agreementWords(document: AgreementDocument): { heading: string; sentences: string[] }[] {
  const columns = document.dataSets.reduce(
    (n, d) => n + d.tables.reduce((m, t) => m + t.columns.length, 0),
    0,
  )
  const tables = document.dataSets.reduce((n, d) => n + d.tables.length, 0)
  return [
    {
      heading: "Safe project",
      sentences: [
        document.purpose.lay,
        document.purpose.benefit,
        `Legal basis: ${document.legalBasis.article6}${document.legalBasis.article9 === null ? "" : `; ${document.legalBasis.article9}`}.`,
        `It runs from ${dateInWords(document.term.from)} until ${dateInWords(document.term.until)}.`,
      ],
    },
    {
      heading: "Safe people",
      sentences: [
        document.people === null
          ? "Members are invited by the project admin."
          : `Members by role: ${document.people.roles.join(", ")}${document.people.most === null ? "" : `; at most ${document.people.most} people`}.`,
        `Organisations: ${document.parties.map((p) => p.organisation).join(", ")}.`,
        "Everyone needs valid training, accepted terms of use and a signed agreement.",
      ],
    },
    {
      heading: "Safe setting",
      sentences: [
        `Work is done in sealed workspaces in ${document.territory.map((place) => (place === "United Kingdom" ? `the ${place}` : place)).join(", ")}. Nothing leaves without two checkers.`,
      ],
    },
    {
      heading: "Safe data",
      sentences: [
        `${tables} tables with ${columns} columns: ${document.dataSets.map((d) => d.dataSet).join(", ")}.`,
        OPT_OUT[document.optOut.rule],
        document.linkage.allowed
          ? (document.linkage.words ?? "The tables may be joined.")
          : "The tables may not be joined.",
        ...(document.cohort === null ? [] : [document.cohort.words]),
      ],
    },
    {
      heading: "Safe outputs",
      sentences: [
        `Outputs are checked by the rules of ${PRESETS[document.outputPolicy.preset]}.`,
        ...(document.overrides?.threshold
          ? [`Counts below ${document.overrides.threshold} stay hidden in anything released.`]
          : []),
        ...(document.specialConditions ?? []),
      ],
    },
  ]
}

export interface AgreementChange {
  readonly path: string
  readonly before: string
  readonly after: string
  readonly widens: boolean
}

function columnsOf(document: AgreementDocument): Set<string> {
  return new Set(
    document.dataSets.flatMap((d) =>
      d.tables.flatMap((t) => t.columns.map((c) => `${d.dataSet}.${t.table}.${c}`)),
    ),
  )
}

/** What a new version changes, key by key; `widens` marks what lets more people see more, or for longer. */
export function compareAgreements(before: AgreementDocument, after: AgreementDocument): AgreementChange[] {
  const changes: AgreementChange[] = []
  const had = columnsOf(before)
  const has = columnsOf(after)
  for (const column of [...has].filter((c) => !had.has(c)).sort())
    changes.push({ path: `columns.${column}`, before: "", after: "added", widens: true })
  for (const column of [...had].filter((c) => !has.has(c)).sort())
    changes.push({ path: `columns.${column}`, before: "present", after: "", widens: false })
  const say = (v: unknown) =>
    v === null || v === undefined ? "" : typeof v === "string" ? v : canonicalJson(v)
  for (const key of Object.keys(after) as (keyof AgreementDocument)[]) {
    if (key === "dataSets") continue
    const [a, b] = [canonicalJson(before[key] ?? null), canonicalJson(after[key] ?? null)]
    if (a === b) continue
    const widens =
      key === "term"
        ? after.term.until > before.term.until
        : [
            "parties",
            "people",
            "territory",
            "linkage",
            "outputPolicy",
            "overrides",
            "cohort",
            "dates",
            "optOut",
          ].includes(key)
    changes.push({ path: key, before: say(before[key]), after: say(after[key]), widens })
  }
  const filters = (d: AgreementDocument) =>
    canonicalJson(
      d.dataSets.map((s) => ({ d: s.dataSet, t: s.tables.map((t) => ({ t: t.table, f: t.filter })) })),
    )
  if (filters(before) !== filters(after))
    changes.push({ path: "filters", before: "changed", after: "changed", widens: true })
  return changes
}
