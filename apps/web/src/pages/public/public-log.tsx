// The log as anyone may see it: newest checkpoints, how far they are, and how to check them.
import { useQuery } from "@tanstack/react-query"
import { Link } from "react-router"
import { fetchLogs } from "../../api/log-proof.ts"
import { useTitle } from "../../components/page.tsx"
import { usePulse } from "../../components/log-pulse.tsx"
import { LoadingRows } from "../../ui/notes.tsx"
import { State } from "../../ui/state.tsx"
import { TableBox } from "../../ui/table-box.tsx"
import { Ago } from "../../ui/when.tsx"
import { formatCount } from "../../util/format.ts"
import { Figures } from "./figures.tsx"
import { VerifyBox } from "./verify-box.tsx"

export function PublicLog() {
  useTitle("The log")
  const pulse = usePulse()
  const logs = useQuery({ queryKey: ["logs"], queryFn: fetchLogs, retry: false })
  return (
    <div className="public-columns">
      <div>
        <h1 tabIndex={-1}>The log</h1>
        <p className="lead">
          Whatever happens here is written down first: who opened a workspace, which data was read, who let
          what out. Each entry is sealed, but its fingerprint is public, so an entry cannot be changed or
          taken away later without anyone noticing.
        </p>
        <section>
          <div className="section-head">
            <h2>Now</h2>
            {pulse.data ? (
              pulse.data.writable ? (
                <State kind="done">The log is being written</State>
              ) : (
                <State kind="blocked">The log cannot be written, so no data is served</State>
              )
            ) : null}
          </div>
          {pulse.data ? (
            <Figures
              figures={[
                [formatCount(pulse.data.size), "entries in the access log"],
                [
                  formatCount(pulse.data.checkpoint?.size ?? 0),
                  pulse.data.checkpoint ? (
                    <>
                      entries in the newest checkpoint, <Ago at={pulse.data.checkpoint.at} />
                    </>
                  ) : (
                    "entries in a checkpoint"
                  ),
                ],
                [
                  formatCount(pulse.data.witnesses),
                  pulse.data.witnesses === 0 ? (
                    "witnesses: nobody outside countersigns this log yet"
                  ) : pulse.data.witness ? (
                    <>
                      {pulse.data.witnesses === 1 ? "witness" : "witnesses"}, last signed{" "}
                      <Ago at={pulse.data.witness} />
                    </>
                  ) : (
                    `${pulse.data.witnesses === 1 ? "witness" : "witnesses"}, who signed nothing yet`
                  ),
                ],
              ]}
            />
          ) : (
            <LoadingRows rows={2} />
          )}
        </section>
        <section>
          <div className="section-head">
            <h2>The logs and their keys</h2>
            <Link to="/how-it-works#check" className="small">
              How to check them
            </Link>
          </div>
          {logs.error ? (
            <State kind="blocked">{logs.error.message}</State>
          ) : logs.data ? (
            <TableBox label="Logs">
              <table className="grid">
                <thead>
                  <tr>
                    <th scope="col">Log</th>
                    <th scope="col">Verifier key</th>
                    <th scope="col">Files</th>
                  </tr>
                </thead>
                <tbody>
                  {logs.data.map((log) => (
                    <tr key={log.origin}>
                      <th scope="row">{log.name}</th>
                      <td>
                        <code>{log.vkey}</code>
                      </td>
                      <td>
                        <code>{log.prefix}</code>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </TableBox>
          ) : (
            <LoadingRows rows={2} />
          )}
          <p className="small under-table">
            <a href="/log/policy">Keys of the logs and their witnesses</a>, as a tlog-policy file to keep.
          </p>
        </section>
      </div>
      <aside>
        <VerifyBox log="access" title="Verify the access log">
          The newest checkpoint of the access log. This browser checks its signature, and that the log has not
          been cut back or changed since it last looked.
        </VerifyBox>
        <VerifyBox log="register" title="Verify the register log">
          The newest checkpoint of the register log, which is readable in full.
        </VerifyBox>
      </aside>
    </div>
  )
}
