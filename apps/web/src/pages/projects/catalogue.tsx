// The data room: the tables that this project may read, what is in them, and a first query to copy.
import { Button, CopyButton } from "@mantine/core"
import { IconCopy } from "@tabler/icons-react"
import { Link, useParams, useSearchParams } from "react-router"
import { useRead } from "../../api/queries.ts"
import type { Answer } from "../../api/client.ts"
import { PageFault } from "../../components/fault.tsx"
import { PageHead, useTitle } from "../../components/page.tsx"
import { Empty, LoadingRows } from "../../ui/notes.tsx"
import { State, Tag } from "../../ui/state.tsx"
import { TableBox } from "../../ui/table-box.tsx"
import { formatCount, formatDateTime, formatMany } from "../../util/format.ts"
import "./catalogue.css"

type Table = Answer<"catalogueGet">["tables"][number]

export function Catalogue() {
  const project = useParams()["project"] ?? ""
  const data = useRead("catalogueGet", { params: { project } })
  if (data.data) return <CataloguePage catalogue={data.data} />
  if (data.error) return <PageFault error={data.error} onRetry={() => void data.refetch()} />
  return (
    <div className="page">
      <LoadingRows rows={8} />
    </div>
  )
}

function CataloguePage({ catalogue }: { catalogue: Answer<"catalogueGet"> }) {
  useTitle("Data room", [
    { label: "Projects", to: "/projects" },
    { label: catalogue.project.title, to: `/projects/${catalogue.project.id}` },
    { label: "Data room" },
  ])
  const [query] = useSearchParams()
  const current = catalogue.tables.find((table) => table.name === query.get("table")) ?? catalogue.tables[0]
  const { extract } = catalogue
  return (
    <div className="page">
      <PageHead
        title="Data room"
        lead={
          extract?.state === "ready"
            ? `${formatMany(catalogue.tables.length, "table")}, extract of ${formatDateTime(extract.at)}. Read only.`
            : "Read only, through the door of your workspace."
        }
        tag={
          extract?.state === "preparing" ? (
            <Tag kind="moving">An extract is being made</Tag>
          ) : extract?.state === "failed" ? (
            <Tag kind="blocked">The last extract failed</Tag>
          ) : undefined
        }
      />
      {current ? (
        <div className="catalogue">
          <nav className="table-nav" aria-label="Tables">
            {catalogue.tables.map((table) => (
              <Link
                key={table.name}
                to={`?table=${encodeURIComponent(table.name)}`}
                aria-current={table.name === current.name ? "page" : undefined}
                preventScrollReset
              >
                <code className="wrap">{table.name}</code>
                <span className="meta mono">{formatCount(table.rows)}</span>
              </Link>
            ))}
          </nav>
          <TableDetail table={current} />
        </div>
      ) : (
        <Empty title="There is no data here yet">
          Tables appear when an agreement is in force and its extract has been made. The project page shows
          how far it is.
        </Empty>
      )}
    </div>
  )
}

function TableDetail({ table }: { table: Table }) {
  return (
    <div className="stack">
      <section>
        <h2 className="mono" style={{ fontSize: 16, lineHeight: "22px", overflowWrap: "anywhere" }}>
          {table.name}
        </h2>
        <p style={{ marginTop: 4, maxWidth: "76ch" }}>{table.description}</p>
        <p className="small text-2" style={{ marginTop: 4 }}>
          {formatMany(table.rows, "row")}
          {table.people === null ? "" : `, ${formatMany(table.people, "person", "people")}`}, {table.snapshot}
          , from {table.dataSet}
        </p>
        {table.drift && table.drift.before !== table.drift.after ? (
          <p style={{ marginTop: 6 }}>
            <State kind="moving">
              {formatCount(table.drift.before)} rows in the last snapshot, {formatCount(table.drift.after)}{" "}
              now
            </State>
          </p>
        ) : null}
      </section>
      <TableBox label={`Columns of ${table.name}`}>
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Type</th>
              <th scope="col">Meaning</th>
              <th scope="col">Filled</th>
              <th scope="col" className="num">
                From
              </th>
              <th scope="col" className="num">
                To
              </th>
              <th scope="col">Values</th>
            </tr>
          </thead>
          <tbody>
            {table.columns.map((column) => (
              <tr key={column.name}>
                <th scope="row">
                  <code>{column.name}</code>
                </th>
                <td className="mono">{column.type}</td>
                <td>{column.description}</td>
                <td className="nowrap">
                  {column.completeness === null ? (
                    <span className="meta">not published</span>
                  ) : (
                    <>
                      <span className="fill-bar" aria-hidden>
                        <span style={{ width: `${column.completeness * 100}%` }} />
                      </span>
                      <span className="mono">{formatShare(column.completeness)}</span>
                    </>
                  )}
                </td>
                <td className="num">{column.low ?? ""}</td>
                <td className="num">{column.high ?? ""}</td>
                <td>{column.distinct ?? ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableBox>
      <section>
        <div
          style={{ display: "flex", justifyContent: "space-between", alignItems: "center", marginBottom: 8 }}
        >
          <h3>A first query</h3>
          <CopyButton value={table.firstQuery}>
            {({ copied, copy }) => (
              <Button
                className="small-button"
                leftSection={<IconCopy size={14} stroke={1.5} aria-hidden />}
                onClick={copy}
              >
                {copied ? "Copied" : "Copy a first query"}
              </Button>
            )}
          </CopyButton>
        </div>
        <pre className="first-query">{table.firstQuery}</pre>
      </section>
    </div>
  )
}

/** A share between 0 and 1; never "100%" when something is missing. */
export function formatShare(share: number): string {
  const percent = share * 100
  if (percent > 99.9 && percent < 100) return ">99.9%"
  if (percent > 0 && percent < 0.1) return "<0.1%"
  return `${Number(percent.toFixed(1))}%`
}
