// The checker's desk: files at the left, the file in the middle, findings and the vote at the right. The
// place is in the address, what is being written is kept for this tab, and nothing approves everything at once.
import { useCallback, useEffect, useRef, useState } from "react"
import { useParams, useSearchParams } from "react-router"
import { useRead } from "../../api/queries.ts"
import { Comments } from "../../components/comments.tsx"
import { PageFault } from "../../components/fault.tsx"
import { FindingBox, SatisfiedList } from "../../components/finding-box.tsx"
import { groupFindings, sortFindings, type RequestView } from "../../components/findings.ts"
import { useTitle } from "../../components/page.tsx"
import { LoadingRows } from "../../ui/notes.tsx"
import { formatBytes } from "../../util/format.ts"
import { AuthorSays } from "./author-says.tsx"
import { DeskEnd } from "./desk-end.tsx"
import { FindingsHead, nameRow, OthersVotes } from "./desk-findings.tsx"
import { DeskHead } from "./desk-head.tsx"
import { Code, DeskFoot, DeskTabs, describeSize, tabs, type TabName } from "./desk-middle.tsx"
import { deskOrder, FileList } from "./file-list.tsx"
import { ColumnsPane, FilePane, ROWS_AT_ONCE, useFileView } from "./file-view.tsx"
import { KeyBar, KeyHelp } from "./key-bar.tsx"
import { step, useDeskKeys } from "./keys.ts"
import { useDeskNotes } from "./notes.ts"
import { useReview } from "./review.ts"
import { VoteBox } from "./vote-box.tsx"
import "./desk.css"
import "./desk-table.css"

export function Desk() {
  const request = useParams()["request"] ?? ""
  const view = useRead("requestGet", { params: { request } }, { every: 15_000 })
  if (view.data) return <DeskPage view={view.data} />
  if (view.error) return <PageFault error={view.error} onRetry={() => void view.refetch()} />
  return (
    <div className="page">
      <LoadingRows rows={8} />
    </div>
  )
}

function DeskPage({ view }: { view: RequestView }) {
  useTitle(view.title, [{ label: "Queue", to: "/queue" }, { label: view.project.title }], false)
  const files = deskOrder(view)
  const [place, setPlace] = useSearchParams()
  const current = files.find((file) => file.id === place.get("file")) ?? files[0]
  const tab = tabs.find((name) => name === place.get("tab")) ?? "table"
  const [limit, setLimit] = useState(ROWS_AT_ONCE)
  const shown = useFileView(view.id, current, limit)
  const [help, setHelp] = useState(false)
  const box = useRef<HTMLTextAreaElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const notes = useDeskNotes(view.id, view.turn)
  const review = useReview(view, current, notes, box)

  const goTo = useCallback(
    (next: { file?: string; tab?: TabName; finding?: number }) => {
      setPlace(
        (old) => {
          const query = new URLSearchParams(old)
          if (next.file) {
            query.set("file", next.file)
            query.delete("finding")
            query.delete("tab")
          }
          if (next.tab) query.set("tab", next.tab)
          if (next.finding !== undefined) query.set("finding", String(next.finding))
          return query
        },
        { replace: true, preventScrollReset: true },
      )
    },
    [setPlace],
  )

  const currentId = current?.id
  const opened = shown.data !== undefined
  const { markSeen } = notes
  useEffect(() => {
    if (currentId && opened) markSeen(currentId)
  }, [currentId, opened, markSeen])

  const findings = current ? sortFindings(current.check.findings) : []
  const openOnes = groupFindings(findings.filter((finding) => finding.status !== "satisfied"))
  const openAt = Math.min(Number(place.get("finding") ?? 0), Math.max(0, openOnes.length - 1))
  const openGroup = openOnes[openAt]
  const open = openGroup?.first

  const act = (key: string): boolean => {
    if (key === "j" || key === "k") {
      const next = step(files, current, key === "j" ? 1 : -1)
      if (next) goTo({ file: next.id })
    } else if (key === "n" || key === "p") {
      const next = step(openOnes, openGroup, key === "n" ? 1 : -1)
      if (next) goTo({ finding: openOnes.indexOf(next) })
    } else if (key === "o") goTo({ tab: "code" })
    else if (key === "t") goTo({ tab: "table" })
    else if (key === "a") review.vote("approve")
    else if (key === "c") review.vote("change")
    else if (key === "m") box.current?.focus()
    else if (key === "?") setHelp(true)
    else return false
    return true
  }
  useDeskKeys(act, () => list.current?.focus())

  return (
    <div className="desk-page">
      <DeskHead view={view} />
      {current ? (
        <div className="desk-panes">
          <aside className="desk-files" aria-label="Files">
            <FileList
              view={view}
              current={current}
              seen={notes.seen}
              onPick={(file) => goTo({ file: file.id })}
            />
            <AuthorSays view={view} file={current} />
            <DeskEnd view={view} />
          </aside>
          <section className="desk-middle" aria-label={current.path}>
            <DeskTabs tab={tab} onTab={(name) => goTo({ tab: name })}>
              {shown.data ? describeSize(shown.data, current) : formatBytes(current.size)}
            </DeskTabs>
            {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard */}
            <div className="desk-view" tabIndex={0} role="region" aria-label="The file">
              {tab === "code" ? (
                <Code view={view} file={current} />
              ) : tab === "columns" ? (
                <ColumnsPane view={shown.data} />
              ) : tab === "text" && shown.data ? (
                <pre>
                  {shown.data.text ??
                    [shown.data.columns, ...shown.data.rows].map((row) => row.join(",")).join("\n")}
                </pre>
              ) : (
                <FilePane
                  view={shown.data}
                  error={shown.error}
                  file={current}
                  open={open}
                  onRetry={() => void shown.refetch()}
                  onMore={limit < 1000 ? () => setLimit(1000) : undefined}
                />
              )}
            </div>
            <DeskFoot view={view} file={current} />
          </section>
          <section className="desk-findings" aria-label="Findings">
            <FindingsHead file={current} />
            <div
              ref={list}
              className="desk-scroll"
              // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
              tabIndex={0}
              role="region"
              aria-label="List of findings"
            >
              {current.check.state === "done" ? null : (
                <p className="pane-body small text-2">
                  {current.check.state === "failed"
                    ? "The checks could not be finished."
                    : "The checks are running."}
                </p>
              )}
              {openOnes.map((group, at) => (
                // a click only moves the outline in the table; the keys n and p do the same
                // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
                <div
                  key={`${group.first.rule} ${at}`}
                  className="desk-finding"
                  data-open={at === openAt || undefined}
                  onClick={() => goTo({ finding: at })}
                >
                  <FindingBox group={group} nameRow={(finding) => nameRow(shown.data, finding)} />
                </div>
              ))}
              <SatisfiedList findings={findings.filter((finding) => finding.status === "satisfied")} />
              {view.comments.some((comment) => comment.file === current.id) ? (
                <div className="pane-body">
                  <Comments view={view} file={current.id} />
                </div>
              ) : null}
              <OthersVotes file={current} />
            </div>
            <VoteBox
              file={current}
              text={notes.textOf(current.id)}
              checkersOnly={review.checkersOnly}
              busy={review.busy}
              error={review.error}
              box={box}
              onText={(text) => notes.write(current.id, text)}
              onCheckersOnly={review.setCheckersOnly}
              onVote={review.vote}
              onComment={review.comment}
            />
          </section>
        </div>
      ) : (
        <p className="page text-2">This request has no files.</p>
      )}
      <KeyBar savedAt={notes.savedAt} onHelp={() => setHelp(true)} />
      {help ? <KeyHelp onClose={() => setHelp(false)} /> : null}
    </div>
  )
}
