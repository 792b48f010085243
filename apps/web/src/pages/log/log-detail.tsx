// One event with everything that this reader may see of it, its proof, and what belongs to it.
import { ActionIcon, Button, CopyButton, Kbd } from "@mantine/core"
import { IconCode, IconCopy, IconX } from "@tabler/icons-react"
import { useEffect, useRef } from "react"
import { useLocation } from "react-router"
import { useRead } from "../../api/queries.ts"
import type { Answer } from "../../api/client.ts"
import { EventFacts } from "../../components/event-facts.tsx"
import { Fault } from "../../components/fault.tsx"
import { LogChip } from "../../components/log-chip.tsx"
import { ProofPanel } from "../../components/proof-panel.tsx"
import { LoadingRows } from "../../ui/notes.tsx"
import { formatDate, formatSeconds, formatTime } from "../../util/format.ts"

type Entry = Answer<"logEntry">

/** A row that was pressed leads to its event; the keys j and k leave the focus where it is. */
export const TO_EVENT = { focus: "event" }

interface LogDetailProps {
  index: number
  onClose: () => void
}

export function LogDetail({ index, onClose }: LogDetailProps) {
  const entry = useRead("logEntry", { params: { index } }, { once: true })
  const aside = useRef<HTMLElement>(null)
  const { state, key } = useLocation() as { state: Partial<typeof TO_EVENT> | null; key: string }
  const pressed = state?.focus === TO_EVENT.focus
  useEffect(() => {
    if (pressed) aside.current?.focus()
  }, [pressed, key])
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape does what the button in it does
    <aside
      ref={aside}
      className="detail"
      aria-label="Event"
      tabIndex={-1}
      onKeyDown={(press) => {
        // what a dialog over the page hears comes here too
        if (press.key === "Escape" && press.currentTarget.contains(press.target as Node)) onClose()
      }}
    >
      <div className="event-head">
        <LogChip index={index} />
        {entry.data ? (
          <span className="small text-2">
            {formatDate(entry.data.row.at)}, {formatSeconds(entry.data.row.at)}
          </span>
        ) : null}
        <span style={{ marginLeft: "auto", display: "flex", gap: 6, alignItems: "center" }}>
          <Kbd aria-hidden>k</Kbd>
          <Kbd aria-hidden>j</Kbd>
          <ActionIcon aria-label="Close the event" size={28} onClick={onClose}>
            <IconX size={16} stroke={1.5} aria-hidden />
          </ActionIcon>
        </span>
      </div>
      {entry.error ? <Fault error={entry.error} onRetry={() => void entry.refetch()} /> : null}
      {entry.isPending ? <LoadingRows rows={6} /> : null}
      {entry.data ? <EntryBody entry={entry.data} index={index} /> : null}
    </aside>
  )
}

function EntryBody({ entry, index }: { entry: Entry; index: number }) {
  const more = listFields(entry)
  const policy = entry.facts?.["policy"]
  return (
    <>
      <h2 className="event-title">{entry.row.sentence}</h2>
      <EventFacts row={entry.row} more={more} policy={typeof policy === "string" ? policy : null} />
      <div style={{ marginTop: 16 }}>
        <ProofPanel log="access" index={index} leaf={entry.leaf} openings={entry.openings}>
          <Button
            leftSection={<IconCode size={16} stroke={1.5} aria-hidden />}
            onClick={() => saveJson(entry, index)}
          >
            JSON
          </Button>
          <CopyButton value={`${location.origin}/audit?event=${index}`}>
            {({ copied, copy }) => (
              <Button
                variant="subtle"
                leftSection={<IconCopy size={16} stroke={1.5} aria-hidden />}
                onClick={copy}
              >
                {copied ? "Copied" : "Copy link"}
              </Button>
            )}
          </CopyButton>
        </ProofPanel>
      </div>
      {entry.related.length > 0 ? (
        <div className="same-session">
          <h3 style={{ paddingBottom: 8 }}>Belongs to it</h3>
          <ul>
            {entry.related.map((row) => (
              <li key={row.index}>
                <LogChip index={row.index} />
                <span>{row.sentence}</span>
                <span className="meta">{formatTime(row.at)}</span>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </>
  )
}

/** said elsewhere on the page, or only of use to programs */
const leftOut = new Set([
  "id",
  "kind",
  "name",
  "code",
  "family",
  "outcome",
  "time",
  "at",
  "version",
  "policy",
  "project",
])

/** Names that mean another thing outside the facts of the event's own kind: a request is a call to us there. */
const ENVELOPE: Readonly<Record<string, string>> = { decision: "Decided by", request: "Call" }

/** Everything that was opened, one field a line; what is sealed for this reader is said to be. */
export function listFields(entry: Pick<Entry, "who" | "facts" | "detail">): (readonly [string, string])[] {
  const lines: (readonly [string, string])[] = []
  for (const [group, content] of [
    ["Who", entry.who],
    ["Facts", entry.facts],
    ["Detail", entry.detail],
  ] as const) {
    if (content === null) {
      lines.push([group, "Sealed: you may not see this part"])
      continue
    }
    for (const [name, value] of Object.entries(content)) {
      if (leftOut.has(name) || value === null || value === undefined) continue
      if (typeof value === "object" && !Array.isArray(value)) {
        for (const [inner, each] of Object.entries(value)) lines.push([nameField(inner), writeValue(each)])
      } else {
        lines.push([ENVELOPE[name] ?? nameField(name), writeValue(value)])
      }
    }
  }
  return lines
}

/** agreementVersion → Agreement version */
export function nameField(name: string): string {
  if (name === "sha256") return "SHA-256"
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A value of the log as text; never markup. */
export function writeValue(value: unknown): string {
  if (value === null || value === undefined) return "none"
  if (typeof value === "string") return value
  if (typeof value === "number" || typeof value === "boolean") return String(value)
  return JSON.stringify(value)
}

function saveJson(entry: Entry, index: number): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(entry, null, 2)], { type: "application/json" }))
  const link = document.createElement("a")
  link.href = url
  link.download = `event-${index}.json`
  link.click()
  URL.revokeObjectURL(url)
}
