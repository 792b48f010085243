// Middle pane of the desk: the file as rows, text or a re-encoded image. Nothing of it is ever markup here.
import { Button } from "@mantine/core"
import { useRead } from "../../api/queries.ts"
import type { Answer } from "../../api/client.ts"
import { Fault } from "../../components/fault.tsx"
import type { Finding, RequestFile } from "../../components/findings.ts"
import { LoadingRows } from "../../ui/notes.tsx"
import { formatCount } from "../../util/format.ts"
import { cellKey, isTotalRow, numericColumns, placeMarks } from "./marks.ts"

type View = Answer<"fileView">

export const ROWS_AT_ONCE = 500

export function useFileView(request: string, file: RequestFile | undefined, limit: number) {
  return useRead(
    "fileView",
    { params: { request, file: file?.id ?? "" }, query: { limit: Math.min(1000, limit) } },
    { enabled: file !== undefined, once: true },
  )
}

interface FilePaneProps {
  view: View | undefined
  error: unknown
  file: RequestFile
  open: Finding | undefined
  onMore: (() => void) | undefined
  onRetry: () => void
}

export function FilePane({ view, error, file, open, onMore, onRetry }: FilePaneProps) {
  if (error && !view) {
    return (
      <div className="pane-body">
        <Fault error={error} flat onRetry={onRetry} />
      </div>
    )
  }
  if (!view) {
    return (
      <div className="pane-body">
        <LoadingRows rows={8} label={`Opening ${file.path}`} />
      </div>
    )
  }
  if (view.kind === "table") return <Cells view={view} file={file} open={open} onMore={onMore} />
  if (view.kind === "text") return <pre>{view.text}</pre>
  if (view.kind === "image" && view.image) {
    return (
      <img
        src={`data:${view.imageType ?? "image/png"};base64,${view.image}`}
        alt={`Figure ${file.path}: ${file.description || "no description"}`}
      />
    )
  }
  return (
    <p className="pane-body small text-2">
      {view.text ??
        "This kind of file cannot be shown here. Ask its author for a table, a text or a figure instead."}
    </p>
  )
}

function Cells({
  view,
  file,
  open,
  onMore,
}: {
  view: View
  file: RequestFile
  open: Finding | undefined
  onMore: (() => void) | undefined
}) {
  const marks = placeMarks(file.check.findings, open, view.columns, view.rows)
  const numeric = numericColumns(view.columns, view.rows)
  const currentRows = new Set([open?.location?.row, ...(open?.recovered?.map((cell) => cell.row) ?? [])])
  return (
    <>
      <table className="cells">
        <thead>
          <tr>
            <th scope="col" className="row-number num">
              <span className="visually-hidden">row</span>
            </th>
            {view.columns.map((column, at) => (
              <th
                key={column}
                scope="col"
                className={`${numeric[at] ? "num" : ""}${marks.columns.has(column) ? " doubt" : ""}`}
              >
                {column}
                <span>{describeColumn(view, column)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {view.rows.map((row, at) => (
            <tr
              key={at}
              className={`${isTotalRow(row) ? "total" : ""}${currentRows.has(at) ? " current" : ""}`}
            >
              <td className="row-number num">{at + 1}</td>
              {view.columns.map((column, place) => {
                const mark = marks.cells.get(cellKey(at, column))
                const text = row[place] ?? ""
                return (
                  <td
                    key={column}
                    className={`${numeric[place] ? "num" : ""}${marks.columns.has(column) ? " doubt" : ""}`}
                  >
                    {mark ? (
                      <span className={`marked ${mark}`}>
                        {text}
                        <span className="visually-hidden">
                          {mark === "violates" ? ", violates a rule" : ", used to work out a hidden cell"}
                        </span>
                      </span>
                    ) : (
                      text
                    )}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {view.rows.length < view.totalRows ? (
        <p className="pane-body small">
          {formatCount(view.rows.length)} of {formatCount(view.totalRows)} rows are shown.{" "}
          {onMore ? (
            <Button className="small-button" onClick={onMore}>
              Show more
            </Button>
          ) : null}
        </p>
      ) : null}
      <div className="legend">
        <span className="violates">violates a rule</span>
        <span className="used">used to work out a hidden cell</span>
        <span className="doubt">not verifiable from this file</span>
      </div>
    </>
  )
}

function describeColumn(view: View, column: string): string {
  const summary = view.summary.find((each) => each.column === column)
  if (!summary) return ""
  if (summary.redacted > 0) return `${summary.redacted} hidden`
  if (summary.min !== null && summary.max !== null) return `${summary.min} to ${summary.max}`
  return summary.type
}

export function ColumnsPane({ view }: { view: View | undefined }) {
  if (!view) return <LoadingRows />
  return (
    <table className="grid">
      <thead>
        <tr>
          <th scope="col">Column</th>
          <th scope="col">Type</th>
          <th scope="col" className="num">
            Missing
          </th>
          <th scope="col" className="num">
            Hidden
          </th>
          <th scope="col" className="num">
            Smallest
          </th>
          <th scope="col" className="num">
            Smallest not zero
          </th>
          <th scope="col" className="num">
            Largest
          </th>
          <th scope="col" className="num">
            Sum
          </th>
          <th scope="col" className="num">
            Rounded to
          </th>
        </tr>
      </thead>
      <tbody>
        {view.summary.map((each) => (
          <tr key={each.column}>
            <th scope="row">
              <code>{each.column}</code>
            </th>
            <td>{each.type}</td>
            <td className="num">{formatCount(each.missing)}</td>
            <td className="num">{formatCount(each.redacted)}</td>
            <td className="num">{each.min ?? ""}</td>
            <td className="num">{each.minNonZero ?? ""}</td>
            <td className="num">{each.max ?? ""}</td>
            <td className="num">{each.sum ?? ""}</td>
            <td className="num">{each.roundedTo ?? ""}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
