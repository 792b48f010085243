// Data sets that this person manages, keeps or may know of.
import { Link } from "react-router"
import { useRead } from "../../api/queries.ts"
import { PageFault } from "../../components/fault.tsx"
import { PageHead, useTitle } from "../../components/page.tsx"
import { Empty, LoadingRows } from "../../ui/notes.tsx"
import { State } from "../../ui/state.tsx"
import { TableBox } from "../../ui/table-box.tsx"
import { formatCount, formatDate } from "../../util/format.ts"

export function DataSets() {
  useTitle("Data sets")
  const list = useRead("dataSetList", {})
  if (list.error && !list.data) return <PageFault error={list.error} onRetry={() => void list.refetch()} />
  return (
    <div className="page">
      <PageHead title="Data sets" lead="What is held here, by whom, and its newest snapshot." />
      {list.data ? (
        list.data.dataSets.length === 0 ? (
          <Empty title="There is no data set that you may know of">
            A data manager or custodian sees the data sets of their appointment.
          </Empty>
        ) : (
          <TableBox label="Data sets">
            <table className="grid">
              <thead>
                <tr>
                  <th scope="col">Data set</th>
                  <th scope="col">Organisation</th>
                  <th scope="col">State</th>
                  <th scope="col" className="num">
                    Tables
                  </th>
                  <th scope="col">Newest snapshot</th>
                  <th scope="col" className="num">
                    Rows
                  </th>
                </tr>
              </thead>
              <tbody>
                {list.data.dataSets.map((each) => (
                  <tr key={each.id} className="linked">
                    <th scope="row">
                      <Link to={`/data-sets/${each.id}`} className="row-link">
                        {each.title}
                      </Link>
                      <div className="meta mono">{each.code}</div>
                    </th>
                    <td>{each.organisation}</td>
                    <td>
                      {each.held ? (
                        <State kind="blocked">On hold</State>
                      ) : each.snapshot ? (
                        <State kind="done">In use</State>
                      ) : (
                        <State kind="quiet">No snapshot yet</State>
                      )}
                    </td>
                    <td className="num">{formatCount(each.tables)}</td>
                    <td>
                      {each.snapshot ? `${each.snapshot.number}, ${formatDate(each.snapshot.at)}` : "None"}
                    </td>
                    <td className="num">{each.snapshot ? formatCount(each.snapshot.rows) : ""}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableBox>
        )
      ) : (
        <LoadingRows rows={6} />
      )}
    </div>
  )
}
