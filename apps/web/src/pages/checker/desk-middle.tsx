// Around the file in the middle of the desk: the ways to look at it, the code that made it, and its hash.
import { Kbd, Tabs } from "@mantine/core"
import { IconCode, IconColumns3, IconFileText, IconTable } from "@tabler/icons-react"
import { Fault } from "../../components/fault.tsx"
import type { RequestFile, RequestView } from "../../components/findings.ts"
import { LoadingRows } from "../../ui/notes.tsx"
import { State } from "../../ui/state.tsx"
import { formatBytes, formatCount, formatMany, formatTime } from "../../util/format.ts"
import { ROWS_AT_ONCE, useFileView } from "./file-view.tsx"

export const tabs = ["table", "text", "code", "columns"] as const

export type TabName = (typeof tabs)[number]

interface DeskTabsProps {
  tab: TabName
  onTab: (tab: TabName) => void
  children: React.ReactNode
}

export function DeskTabs({ tab, onTab, children }: DeskTabsProps) {
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

export function describeSize(
  shown: { kind: string; totalRows: number; columns: readonly string[] },
  file: RequestFile,
): string {
  if (shown.kind !== "table") return formatBytes(file.size)
  return `${formatMany(shown.totalRows, "row")}, ${formatMany(shown.columns.length, "column")}, ${formatBytes(file.size)}`
}

export function Code({ view, file }: { view: RequestView; file: RequestFile }) {
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

export function DeskFoot({ view, file }: { view: RequestView; file: RequestFile }) {
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
