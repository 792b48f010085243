// A request: one timeline; groups, files, decisions, comments; what happens next and who holds it.
import { Button } from "@mantine/core"
import { useState } from "react"
import { Link, useNavigate, useParams } from "react-router"
import { useChange, useRead } from "../../api/queries.ts"
import { AskReason } from "../../components/ask-reason.tsx"
import { CommentBox, Comments } from "../../components/comments.tsx"
import { Fault, PageFault } from "../../components/fault.tsx"
import { FindingBox, SatisfiedList } from "../../components/finding-box.tsx"
import { groupFindings, sortFindings, type RequestFile, type RequestView } from "../../components/findings.ts"
import { PageHead, useTitle } from "../../components/page.tsx"
import { describeRequest } from "../../components/request-state.ts"
import { Timeline } from "../../components/timeline.tsx"
import { LoadingRows } from "../../ui/notes.tsx"
import { TableBox } from "../../ui/table-box.tsx"
import { State, Tag, stateIcons } from "../../ui/state.tsx"
import { WhyNotButton } from "../../ui/why-not.tsx"
import { formatBytes, formatDateTime } from "../../util/format.ts"
import { FileState } from "./file-state.tsx"

export function Request() {
  const request = useParams()["request"] ?? ""
  const view = useRead("requestGet", { params: { request } }, { every: 15_000 })
  if (view.data) return <RequestPage view={view.data} />
  if (view.error) return <PageFault error={view.error} onRetry={() => void view.refetch()} />
  return (
    <div className="page">
      <LoadingRows rows={8} />
    </div>
  )
}

const holderWords = {
  author: "It is with its author.",
  checkers: "It is with the checkers.",
  system: "The platform is working on it.",
  nobody: "Nobody holds it.",
} as const

function RequestPage({ view }: { view: RequestView }) {
  useTitle(view.title, [
    { label: "Projects", to: "/projects" },
    { label: view.project.title, to: `/projects/${view.project.id}` },
    { label: "Quarantine", to: `/projects/${view.project.id}/requests` },
    { label: view.number },
  ])
  const look = describeRequest(view.state)
  return (
    <div className="page">
      <PageHead
        title={view.title}
        lead={`${view.number}, turn ${view.turn}, asked by ${view.author.name}${view.submittedAt ? `, ${formatDateTime(view.submittedAt)}` : ""}`}
        tag={
          <Tag kind={look.kind} icon={look.icon}>
            {look.words}
          </Tag>
        }
      >
        <RequestActs view={view} />
      </PageHead>
      <div className="columns">
        <div>
          {view.groups.map((group) => (
            <section className="pane" key={group.id}>
              <div className="pane-head">
                <h2>{group.name}</h2>
              </div>
              {group.context ? <p className="pane-body small text-2">{group.context}</p> : null}
              <FilesTable view={view} files={view.files.filter((file) => file.group === group.id)} />
            </section>
          ))}
          {view.files.length === 0 ? (
            <section className="pane">
              <p className="pane-body small text-2">No file has been added yet.</p>
            </section>
          ) : null}
          <section className="pane">
            <div className="pane-head">
              <h2>Comments</h2>
            </div>
            <div className="pane-body">
              <Comments view={view} />
              <CommentBox view={view} />
            </div>
          </section>
        </div>
        <div>
          <section className="pane">
            <div className="pane-head">
              <h2>What happens next</h2>
            </div>
            <div className="pane-body small">
              <p>{view.next}</p>
              <p className="text-2" style={{ marginTop: 6 }}>
                {holderWords[view.holder]}
              </p>
              {view.release ? (
                <p style={{ marginTop: 6 }}>
                  <Link to={`/releases/${view.release.id}`}>See the release</Link>
                </p>
              ) : null}
            </div>
          </section>
          <section className="pane">
            <div className="pane-head">
              <h2>So far</h2>
            </div>
            <div className="pane-body">
              <Timeline steps={view.timeline} />
            </div>
          </section>
        </div>
      </div>
    </div>
  )
}

function FilesTable({ view, files }: { view: RequestView; files: readonly RequestFile[] }) {
  const [open, setOpen] = useState<string>()
  if (files.length === 0) return null
  return (
    <TableBox
      label={`Files of ${view.groups.find((group) => group.id === files[0]?.group)?.name ?? "the request"}`}
      bare
    >
      <table className="grid request-files">
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Checks</th>
            <th scope="col">Decision</th>
            <th scope="col" className="num">
              Size
            </th>
          </tr>
        </thead>
        <tbody>
          {files.map((file) => (
            <FileRows
              key={file.id}
              view={view}
              file={file}
              open={open === file.id}
              onToggle={() => setOpen(open === file.id ? undefined : file.id)}
            />
          ))}
        </tbody>
      </table>
    </TableBox>
  )
}

const decisionLooks = {
  approved: { kind: "done", words: "Approved" },
  change: { kind: "waits", words: "Change asked" },
  rejected: { kind: "blocked", words: "Rejected" },
  split: { kind: "waits", words: "Checkers differ" },
} as const

interface FileRowsProps {
  view: RequestView
  file: RequestFile
  open: boolean
  onToggle: () => void
}

function FileRows({ file, open, onToggle }: FileRowsProps) {
  const decision = file.decision ? decisionLooks[file.decision] : undefined
  const findings = sortFindings(file.check.findings)
  return (
    <>
      <tr>
        <td>
          <code>{file.path}</code>
          {file.description ? <div className="meta">{file.description}</div> : null}
          {findings.length > 0 ? (
            <div>
              <button type="button" className="link-button" aria-expanded={open} onClick={onToggle}>
                {open ? "Hide what was checked" : "Show what was checked"}
              </button>
            </div>
          ) : null}
        </td>
        <td>{file.withdrawn ? <State kind="quiet">Taken out</State> : <FileState file={file} />}</td>
        <td>
          {decision ? (
            <State kind={decision.kind} icon={decision.kind === "waits" ? stateIcons.warning : undefined}>
              {decision.words}
            </State>
          ) : (
            <span className="meta">Not yet</span>
          )}
        </td>
        <td className="num">{formatBytes(file.size)}</td>
      </tr>
      {open ? (
        <tr>
          <td colSpan={4} style={{ padding: 0, background: "var(--page)" }}>
            {groupFindings(findings.filter((finding) => finding.status !== "satisfied")).map((group, at) => (
              <FindingBox key={`${group.first.rule} ${at}`} group={group} />
            ))}
            <SatisfiedList findings={findings.filter((finding) => finding.status === "satisfied")} />
            <p className="pane-body meta">
              sha256 <code>{file.candidate}</code>
            </p>
          </td>
        </tr>
      ) : null}
    </>
  )
}

function RequestActs({ view }: { view: RequestView }) {
  const navigate = useNavigate()
  const [asking, setAsking] = useState<"withdraw" | "revoke">()
  const refetch = ["requestGet", "requestList", "projectGet", "releaseGet", "queueGet"] as const
  const withdraw = useChange("requestWithdraw", { refetch, onDone: () => setAsking(undefined) })
  const revoke = useChange("releaseRevoke", {
    refetch,
    onDone: () => setAsking(undefined),
    said: "The release is revoked; downloads have stopped.",
  })
  const release = useChange("requestRelease", { refetch, said: "Released." })
  return (
    <>
      {view.actions.submitReview.allowed || view.reviews.mine ? (
        <Button component={Link} to={`/queue/${view.id}`} variant="filled">
          Review it
        </Button>
      ) : null}
      {view.state === "approved" ? (
        <WhyNotButton
          action={view.actions.release}
          variant="filled"
          reasonAt="left"
          busy={release.isPending}
          onPress={() => release.mutate({ params: { request: view.id } })}
        >
          Release
        </WhyNotButton>
      ) : null}
      {view.actions.edit.allowed ? (
        <Button variant="filled" onClick={() => void navigate(`/requests/${view.id}/edit`)}>
          {view.state === "returned" ? "Change and ask again" : "Go on writing"}
        </Button>
      ) : null}
      {view.release ? (
        <WhyNotButton action={view.actions.revoke} reasonAt="left" onPress={() => setAsking("revoke")}>
          Revoke
        </WhyNotButton>
      ) : (
        <WhyNotButton action={view.actions.withdraw} reasonAt="left" onPress={() => setAsking("withdraw")}>
          Withdraw
        </WhyNotButton>
      )}
      {release.error ? <Fault error={release.error} /> : null}
      {asking === "withdraw" ? (
        <AskReason
          title="Withdraw this request?"
          button="Withdraw"
          busy={withdraw.isPending}
          error={withdraw.error}
          onClose={() => setAsking(undefined)}
          onGive={(reason) => withdraw.mutate({ params: { request: view.id }, body: { reason } })}
        >
          <p>
            The checkers stop. The frozen copies are deleted; your own files stay. You can ask again later.
          </p>
        </AskReason>
      ) : null}
      {asking === "revoke" && view.release ? (
        <AskReason
          title="Revoke this release?"
          button="Revoke"
          busy={revoke.isPending}
          error={revoke.error}
          onClose={() => setAsking(undefined)}
          onGive={(reason) =>
            revoke.mutate({ params: { release: view.release?.id ?? "" }, body: { reason } })
          }
        >
          <p>
            Downloads stop at once. What has already been downloaded cannot be called back; it stays in the
            log.
          </p>
        </AskReason>
      ) : null}
    </>
  )
}
