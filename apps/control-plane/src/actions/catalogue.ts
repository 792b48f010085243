// The tables that a project may read: from its extract's manifest, the data sets' contracts and the
// disclosure-controlled profiles of their snapshots.
import type { Ctx } from "../context.ts"
import type { Asked } from "./change.ts"
import { assertMay, assertPerson, getProject } from "./load.ts"

interface ManifestTable {
  readonly name: string
  readonly dataSet: string
  readonly table: string
  readonly snapshot: string
  readonly title: string
  readonly rows: number
  readonly people: number
  readonly columns: readonly { name: string; type: string; label: string; unit?: string }[]
}
interface Profile {
  readonly table: string
  readonly columns: readonly {
    name: string
    complete: number
    counts?: { value: string; count: number | null }[]
    quantiles?: { p5: number; p50: number; p95: number }
    months?: { month: string }[]
  }[]
}

export async function getCatalogue(ctx: Ctx, asked: Asked, id: string) {
  const actor = assertPerson(asked.actor)
  const project = await getProject(ctx, ctx.db, actor, id)
  assertMay(ctx, actor, "catalogue.view", project)
  const extracts = await ctx.db
    .selectFrom("extract")
    .selectAll()
    .where("project_id", "=", id)
    .orderBy("created_at", "desc")
    .limit(10)
    .execute()
  const current =
    extracts.find((e) => e.state === "ready" && e.version === project.row.version) ?? extracts[0]
  const tables =
    current?.state === "ready" ? ((current.manifest as { tables?: ManifestTable[] }).tables ?? []) : []
  const snapshots =
    tables.length === 0
      ? []
      : await ctx.db
          .selectFrom("snapshot")
          .select(["id", "number", "created_at", "manifest"])
          .where("id", "in", [...new Set(tables.map((t) => t.snapshot))])
          .execute()
  const contracts = await ctx.db.selectFrom("data_set").select(["code", "contract"]).execute()
  return {
    project: { id: project.row.id, number: project.row.number, title: project.row.title },
    extract: current
      ? {
          id: current.id,
          at: (current.ready_at ?? current.created_at).toISOString(),
          state: current.state,
          manifest: current.sha256,
        }
      : null,
    tables: tables.map((t) => {
      const snapshot = snapshots.find((s) => s.id === t.snapshot)
      const profile = (snapshot?.manifest as { profile?: Profile[] } | undefined)?.profile?.find(
        (p) => p.table === t.table,
      )
      const contract = contracts.find((c) => c.code === t.dataSet)?.contract as
        | { tables: { name: string; description?: string }[] }
        | undefined
      return {
        name: t.name,
        dataSet: t.dataSet,
        description: contract?.tables.find((x) => x.name === t.table)?.description ?? t.title,
        snapshot: snapshot ? `Snapshot ${snapshot.number}` : "",
        rows: t.rows,
        people: t.people,
        columns: t.columns.map((c) => {
          const p = profile?.columns.find((x) => x.name === c.name)
          return {
            name: c.name,
            type: c.type,
            description: c.unit === undefined ? c.label : `${c.label} (${c.unit})`,
            completeness: p?.complete ?? null,
            // The 5th and 95th of a hundred: the ends themselves could be one person's.
            low: p?.quantiles ? String(p.quantiles.p5) : (p?.months?.[0]?.month ?? null),
            high: p?.quantiles ? String(p.quantiles.p95) : (p?.months?.at(-1)?.month ?? null),
            distinct: p?.counts
              ? p.counts
                  .map((v) => v.value)
                  .slice(0, 12)
                  .join(", ")
              : null,
          }
        }),
        drift: null,
        firstQuery: `import glasshouse\ndb = glasshouse.connect()\ndb.sql("select * from ${t.name} limit 10").df()`,
      }
    }),
  }
}
