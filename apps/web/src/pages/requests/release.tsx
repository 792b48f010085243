// A release: its files to download once, and the record that is bound to it.
import { IconDownload } from "@tabler/icons-react"
import { useState } from "react"
import { Link, useParams } from "react-router"
import { callRaw, saveAs, type Answer } from "../../api/client.ts"
import { queryClient, refetchOperations, useChange, useRead } from "../../api/queries.ts"
import { AskReason } from "../../components/ask-reason.tsx"
import { Fault, PageFault } from "../../components/fault.tsx"
import { PageHead, useTitle } from "../../components/page.tsx"
import { LoadingRows, Warning } from "../../ui/notes.tsx"
import { State, Tag } from "../../ui/state.tsx"
import { TableBox } from "../../ui/table-box.tsx"
import { WhyNotButton } from "../../ui/why-not.tsx"
import { formatBytes, formatDate, formatDateTime, formatMany } from "../../util/format.ts"
import { ReleaseRecord } from "./release-record.tsx"
import "../projects/catalogue.css"

type ReleaseView = Answer<"releaseGet">

export function Release() {
  const release = useParams()["release"] ?? ""
  const view = useRead("releaseGet", { params: { release } })
  if (view.data) return <ReleasePage view={view.data} />
  if (view.error) return <PageFault error={view.error} onRetry={() => void view.refetch()} />
  return (
    <div className="page">
      <LoadingRows rows={6} />
    </div>
  )
}

function ReleasePage({ view }: { view: ReleaseView }) {
  useTitle(view.title, [
    { label: "Projects", to: "/projects" },
    { label: view.project.title, to: `/projects/${view.project.id}` },
    { label: "Outside", to: `/projects/${view.project.id}/releases` },
    { label: formatDate(view.at) },
  ])
  const [asking, setAsking] = useState(false)
  const revoke = useChange("releaseRevoke", {
    refetch: ["releaseGet", "projectGet", "requestGet"],
    onDone: () => setAsking(false),
    said: "The release is revoked; downloads have stopped.",
  })
  return (
    <div className="page">
      <PageHead
        title={view.title}
        lead={`${formatMany(view.files.length, "file")}, released ${formatDateTime(view.at)}`}
        tag={view.revoked ? <Tag kind="blocked">Revoked</Tag> : <Tag kind="done">Released</Tag>}
      >
        <WhyNotButton action={view.actions.revoke} reasonAt="left" onPress={() => setAsking(true)}>
          Revoke
        </WhyNotButton>
      </PageHead>
      {view.revoked ? (
        <div style={{ marginBottom: 16 }}>
          <Warning>
            <strong>This release was revoked.</strong> Its files must not be used; who downloaded them has
            been told.
          </Warning>
        </div>
      ) : null}
      <div className="columns">
        <TableBox label="Files of this release">
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">File</th>
                <th scope="col" className="num">
                  Size
                </th>
                <th scope="col">Download, once</th>
              </tr>
            </thead>
            <tbody>
              {view.files.map((file) => (
                <FileLine key={file.id} release={view.id} file={file} />
              ))}
            </tbody>
          </table>
        </TableBox>
        <section className="pane">
          <div className="pane-head">
            <h2>Record</h2>
            <Link className="head-link" to={`/requests/${view.request}`}>
              See the request
            </Link>
          </div>
          <div className="pane-body">
            <p className="small text-2" style={{ marginBottom: 8 }}>
              Thresholds, versions of rules, hashes and votes, as they were bound to this release.
            </p>
            <ReleaseRecord record={view.record} />
          </div>
        </section>
      </div>
      {asking ? (
        <AskReason
          title="Revoke this release?"
          button="Revoke"
          busy={revoke.isPending}
          error={revoke.error}
          onClose={() => setAsking(false)}
          onGive={(reason) => revoke.mutate({ params: { release: view.id }, body: { reason } })}
        >
          <p>
            Downloads stop at once. What has already been downloaded cannot be called back; it stays in the
            log.
          </p>
        </AskReason>
      ) : null}
    </div>
  )
}

function FileLine({ release, file }: { release: string; file: ReleaseView["files"][number] }) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()

  async function download(): Promise<void> {
    setBusy(true)
    setError(undefined)
    try {
      const response = await callRaw("releaseDownload", { params: { release, file: file.id } })
      await saveAs(response, file.path.split("/").at(-1) ?? "file")
    } catch (failed) {
      setError(failed)
    } finally {
      setBusy(false)
      await refetchOperations(queryClient, ["releaseGet"])
    }
  }

  return (
    <tr>
      <th scope="row">
        <code>{file.path}</code>
        <div className="meta">
          sha256 <span className="mono">{file.sha256.slice(0, 16)}…</span>
        </div>
        {error ? <Fault error={error} flat /> : null}
      </th>
      <td className="num">{formatBytes(file.size)}</td>
      <td>
        {file.downloadedAt ? (
          <p style={{ marginBottom: 6 }}>
            <State kind="done">
              {file.downloadedBy ?? "Somebody"}, {formatDateTime(file.downloadedAt)}
            </State>
          </p>
        ) : null}
        <WhyNotButton
          action={file.actions.download}
          className="small-button"
          busy={busy}
          icon={<IconDownload size={14} stroke={1.5} aria-hidden />}
          onPress={() => void download()}
        >
          Download
          <span className="visually-hidden"> {file.path}</span>
        </WhyNotButton>
      </td>
    </tr>
  )
}
