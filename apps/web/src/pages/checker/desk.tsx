// The checker's desk: files at the left, the file in the middle, findings and the vote at the right. The
// place is in the address, what is being written is kept for this tab, and nothing approves everything at once.
import { Kbd, Modal, Tabs } from "@mantine/core"
import { IconClock, IconCode, IconColumns3, IconFileText, IconTable, IconUsers } from "@tabler/icons-react"
import { useCallback, useEffect, useRef, useState } from "react"
import { useParams, useSearchParams } from "react-router"
import type { Answer } from "../../api/client.ts"
import { useChange, useRead } from "../../api/queries.ts"
import { Comments } from "../../components/comments.tsx"
import { Fault, PageFault } from "../../components/fault.tsx"
import { FindingBox, SatisfiedList } from "../../components/finding-box.tsx"
import {
  countFindings,
  groupFindings,
  sortFindings,
  type Finding,
  type RequestFile,
  type RequestView,
} from "../../components/findings.ts"
import { LogChip } from "../../components/log-chip.tsx"
import { useTitle } from "../../components/page.tsx"
import { describeRequest } from "../../components/request-state.ts"
import { LoadingRows } from "../../ui/notes.tsx"
import { State, Tag, stateIcons } from "../../ui/state.tsx"
import { useNow } from "../../ui/now.ts"
import { WhyNotButton } from "../../ui/why-not.tsx"
import { formatBytes, formatCount, formatDuration, formatMany, formatTime } from "../../util/format.ts"
import { DeskEnd } from "./desk-end.tsx"
import { deskOrder, FileList } from "./file-list.tsx"
import { ColumnsPane, FilePane, ROWS_AT_ONCE, useFileView } from "./file-view.tsx"
import { deskKeys, step, useDeskKeys } from "./keys.ts"
import { numericColumns } from "./marks.ts"
import { useDeskNotes } from "./notes.ts"
import { VoteBox, type Vote } from "./vote-box.tsx"
import "./desk.css"

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

const tabs = ["table", "text", "code", "columns"] as const
type TabName = (typeof tabs)[number]

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

  useDeskKeys((key) => {
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
  })

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
            {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard */}
            <div className="desk-scroll" tabIndex={0} role="region" aria-label="List of findings">
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

/** Votes and comments of this checker on the file in view. */
function useReview(
  view: RequestView,
  file: RequestFile | undefined,
  notes: ReturnType<typeof useDeskNotes>,
  box: React.RefObject<HTMLTextAreaElement | null>,
) {
  const [checkersOnly, setCheckersOnly] = useState(false)
  const refetch = ["requestGet", "queueGet"] as const
  const voting = useChange("fileVote", { refetch, said: "Your vote was kept." })
  const commenting = useChange("requestComment", { refetch })

  async function send(vote: Vote | undefined): Promise<void> {
    if (!file) return
    const text = notes.textOf(file.id).trim()
    if (text !== "") {
      await commenting.mutateAsync({
        params: { request: view.id },
        body: { file: file.id, group: null, text, visibility: checkersOnly ? "checkers" : "public" },
      })
      notes.write(file.id, "")
    }
    if (vote) {
      await voting.mutateAsync({
        params: { request: view.id, file: file.id },
        body: { vote, candidate: file.candidate },
      })
    }
  }

  function vote(wanted: Vote): void {
    if (!file || file.kind !== "output" || !file.actions.vote.allowed) return
    const wordless =
      notes.textOf(file.id).trim() === "" && !view.comments.some((each) => each.file === file.id)
    if (wanted !== "approve" && wordless) {
      box.current?.focus()
      return
    }
    void send(wanted).catch(() => undefined)
  }

  return {
    vote,
    comment: () => void send(undefined).catch(() => undefined),
    checkersOnly,
    setCheckersOnly,
    busy: voting.isPending || commenting.isPending,
    error: voting.error ?? commenting.error,
  }
}

function DeskHead({ view }: { view: RequestView }) {
  const look = describeRequest(view.state)
  const submit = useChange("reviewSubmit", {
    refetch: ["requestGet", "queueGet"],
    said: "Your review was sent.",
  })
  const asked = view.timeline.find((each) => each.index !== null && each.at >= (view.submittedAt ?? ""))
  return (
    <div className="desk-head">
      <h1 tabIndex={-1}>{view.title}</h1>
      <Tag kind={look.kind === "waits" ? "moving" : look.kind} icon={IconUsers}>
        Turn {view.turn}, {view.state === "independent" ? "independent review" : look.words.toLowerCase()}
      </Tag>
      <span className="text-2">
        Asked by {view.author.name}
        {view.submittedAt ? `, ${formatTime(view.submittedAt)}` : ""}
      </span>
      {asked ? <LogChip index={asked.index} /> : null}
      <div className="end">
        {view.submittedAt && view.holder === "checkers" ? (
          <span className="clock">
            <IconClock size={14} stroke={1.5} aria-hidden />
            <span>
              With checkers <Elapsed since={view.submittedAt} />
            </span>
          </span>
        ) : null}
        <WhyNotButton
          action={view.actions.submitReview}
          variant="filled"
          reasonAt="left"
          busy={submit.isPending}
          onPress={() => submit.mutate({ params: { request: view.id } })}
        >
          Send my review
        </WhyNotButton>
      </div>
      {submit.error ? <Fault error={submit.error} flat /> : null}
    </div>
  )
}

/** What a row is about, in the table's own words: its cells that are no numbers. */
function nameRow(shown: Answer<"fileView"> | undefined, finding: Finding): string | undefined {
  const row = finding.location?.row ?? finding.recovered?.[0]?.row
  if (row === undefined || !shown || shown.kind !== "table") return undefined
  const cells = shown.rows[row]
  if (!cells) return undefined
  const numeric = numericColumns(shown.columns, shown.rows)
  return (
    cells
      .filter((cell, at) => !numeric[at] && cell.trim() !== "")
      .slice(0, 3)
      .join(", ") || undefined
  )
}

function Elapsed({ since }: { since: string }) {
  const now = useNow()
  return formatDuration((now - new Date(since).getTime()) / 1000)
}

function AuthorSays({ view, file }: { view: RequestView; file: RequestFile }) {
  const group = view.groups.find((each) => each.id === file.group)
  const said = [
    ["What the author says", file.description || group?.context],
    ["Small numbers", file.smallNumbers],
    ["About the group", file.description && group?.context !== file.description ? group?.context : undefined],
  ].filter((each): each is [string, string] => Boolean(each[1]))
  return (
    <div className="desk-author">
      {said.length === 0 ? <p>The author said nothing about this file.</p> : null}
      {said.map(([title, words]) => (
        <div key={title}>
          <h3>{title}</h3>
          <p>{words}</p>
        </div>
      ))}
    </div>
  )
}

interface DeskTabsProps {
  tab: TabName
  onTab: (tab: TabName) => void
  children: React.ReactNode
}

function DeskTabs({ tab, onTab, children }: DeskTabsProps) {
  return (
    <div className="desk-tabs">
      <Tabs
        value={tab}
        onChange={(next) => onTab(tabs.find((name) => name === next) ?? "table")}
        keepMounted={false}
      >
        <Tabs.List aria-label="How to look at the file">
          <Tabs.Tab value="table" leftSection={<IconTable size={14} stroke={1.5} aria-hidden />}>
            Table
          </Tabs.Tab>
          <Tabs.Tab value="text" leftSection={<IconFileText size={14} stroke={1.5} aria-hidden />}>
            Text
          </Tabs.Tab>
          <Tabs.Tab
            value="code"
            leftSection={<IconCode size={14} stroke={1.5} aria-hidden />}
            rightSection={<Kbd>o</Kbd>}
          >
            Code
          </Tabs.Tab>
          <Tabs.Tab value="columns" leftSection={<IconColumns3 size={14} stroke={1.5} aria-hidden />}>
            Columns
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value={tab} className="visually-hidden">
          The file is shown below.
        </Tabs.Panel>
      </Tabs>
      <span className="meta">{children}</span>
    </div>
  )
}

function describeSize(
  shown: { kind: string; totalRows: number; columns: readonly string[] },
  file: RequestFile,
): string {
  if (shown.kind !== "table") return formatBytes(file.size)
  return `${formatMany(shown.totalRows, "row")}, ${formatMany(shown.columns.length, "column")}, ${formatBytes(file.size)}`
}

function Code({ view, file }: { view: RequestView; file: RequestFile }) {
  const code =
    view.files.find((each) => each.kind === "code" && each.group === file.group) ??
    view.files.find((each) => each.kind === "code")
  const shown = useFileView(view.id, code, ROWS_AT_ONCE)
  if (!code) {
    return (
      <p className="pane-body small text-2">
        The author added no code. Ask for it in a comment; a code file is never released.
      </p>
    )
  }
  if (shown.error) {
    return (
      <div className="pane-body">
        <Fault error={shown.error} flat />
      </div>
    )
  }
  return (
    <>
      <p className="pane-body meta">
        <code>{code.path}</code>
      </p>
      {shown.data ? <pre>{shown.data.text ?? ""}</pre> : <LoadingRows />}
    </>
  )
}

function DeskFoot({ view, file }: { view: RequestView; file: RequestFile }) {
  const same = file.candidate === file.submitted
  return (
    <div className="desk-foot">
      <span style={{ display: "flex", flexWrap: "wrap", gap: "4px 14px", alignItems: "center" }}>
        <span className="mono text-3" title={file.candidate}>
          sha256 {file.candidate.slice(0, 16).replace(/(.{4})(?=.)/g, "$1 ")}
        </span>
        <State kind="done">
          {same
            ? `Same bytes as frozen${view.submittedAt ? ` at ${formatTime(view.submittedAt)}` : ""}`
            : `Written anew by ${file.renderer ?? "the platform"}; exactly this may leave`}
        </State>
      </span>
      <span className="meta">{formatCount(file.size)} bytes</span>
    </div>
  )
}

function FindingsHead({ file }: { file: RequestFile }) {
  const counts = countFindings(file.check.findings)
  return (
    <header>
      <h2>Findings</h2>
      {counts.violated > 0 ? (
        <State kind="blocked" icon={stateIcons.violated}>
          {counts.violated} violated
        </State>
      ) : null}
      {counts["not-verifiable"] > 0 ? (
        <State kind="waits" icon={stateIcons.notVerifiable}>
          {counts["not-verifiable"]} not verifiable
        </State>
      ) : null}
      {counts.satisfied > 0 ? <State kind="done">{counts.satisfied} satisfied</State> : null}
    </header>
  )
}

const voteWords = { approve: "approved", change: "asked for change", reject: "rejected" } as const

function OthersVotes({ file }: { file: RequestFile }) {
  if (file.votes.length === 0) return null
  return (
    <div className="pane-body small">
      <h3 style={{ fontSize: 13 }}>Votes</h3>
      <ul>
        {file.votes.map((each) => (
          <li key={each.person.id}>
            {each.person.name} {voteWords[each.vote]}
          </li>
        ))}
      </ul>
    </div>
  )
}

function KeyBar({ savedAt, onHelp }: { savedAt: string | undefined; onHelp: () => void }) {
  return (
    <div className="key-bar">
      <span>
        <Kbd>j</Kbd> <Kbd>k</Kbd> next, previous file
      </span>
      <span>
        <Kbd>n</Kbd> <Kbd>p</Kbd> next, previous finding
      </span>
      <span>
        <Kbd>o</Kbd> code that made it
      </span>
      <span>
        <Kbd>a</Kbd> approve
      </span>
      <span>
        <Kbd>c</Kbd> ask for change
      </span>
      <span>
        <Kbd>m</Kbd> comment
      </span>
      <span className="end">{savedAt ? `Kept in this tab ${formatTime(savedAt)}` : ""}</span>
      <button type="button" className="link-button" onClick={onHelp}>
        <Kbd>?</Kbd> all keys
      </button>
    </div>
  )
}

function KeyHelp({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Keys of the desk" size="sm">
      <dl className="facts">
        {deskKeys.map((each) => (
          <div key={each.key}>
            <dt>
              <Kbd>{each.key}</Kbd>
            </dt>
            <dd>{each.words}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
