// Find (Ctrl K): go to a project, a page or an event by typing. It only lists what the server gave this
// person anyway.
import { Combobox, Modal, TextInput, useCombobox } from "@mantine/core"
import { IconSearch } from "@tabler/icons-react"
import { useEffect, useState } from "react"
import { useNavigate } from "react-router"
import { useRead } from "../api/queries.ts"
import type { Me } from "./me.ts"
import { listSections } from "./sections.ts"

export interface Target {
  label: string
  kind: string
  to: string
}

/** Everything that matches all words typed, best first: a label that begins with the words, then the rest. */
export function matchTargets(targets: readonly Target[], typed: string): Target[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const event = /^#?([\d,]+)$/.exec(typed.trim())?.[1]?.replaceAll(",", "")
  const found = targets.filter((target) =>
    words.every((word) => `${target.label} ${target.kind}`.toLowerCase().includes(word)),
  )
  const first = words[0]
  const sorted = first
    ? found.toSorted(
        (a, b) =>
          Number(b.label.toLowerCase().startsWith(first)) - Number(a.label.toLowerCase().startsWith(first)),
      )
    : found
  const toEvent: Target[] = event
    ? [{ label: `Event #${Number(event).toLocaleString("en-GB")}`, kind: "Log", to: `/audit?event=${event}` }]
    : []
  return [...toEvent, ...sorted].slice(0, 12)
}

export function Find({ me }: { me: Me | undefined }) {
  const [open, setOpen] = useState(false)
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault()
        setOpen(true)
      }
    }
    function onAsk(): void {
      setOpen(true)
    }
    window.addEventListener("keydown", onKey)
    window.addEventListener("glasshouse-find", onAsk)
    return () => {
      window.removeEventListener("keydown", onKey)
      window.removeEventListener("glasshouse-find", onAsk)
    }
  }, [])
  return (
    <Modal
      opened={open}
      onClose={() => setOpen(false)}
      title="Find"
      yOffset="12vh"
      centered={false}
      size={520}
    >
      {open ? <FindList me={me} onGo={() => setOpen(false)} /> : null}
    </Modal>
  )
}

export function askFind(): void {
  window.dispatchEvent(new Event("glasshouse-find"))
}

function FindList({ me, onGo }: { me: Me | undefined; onGo: () => void }) {
  const [typed, setTyped] = useState("")
  const navigate = useNavigate()
  const projects = useRead("projectList", {})
  const combobox = useCombobox({ opened: true })
  const targets: Target[] = [
    ...(projects.data?.projects ?? []).flatMap((each) => [
      {
        label: each.project.title,
        kind: `Project ${each.project.number}`,
        to: `/projects/${each.project.id}`,
      },
      {
        label: `Data of ${each.project.title}`,
        kind: "Data room",
        to: `/projects/${each.project.id}/data`,
      },
    ]),
    ...(me ? listSections(me).map((each) => ({ label: each.label, kind: "Page", to: each.to })) : []),
  ]
  const found = matchTargets(targets, typed)
  useEffect(() => {
    combobox.selectFirstOption()
    // the list changed: the first line is the one that Enter takes
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [typed, projects.data])
  return (
    <Combobox
      store={combobox}
      onOptionSubmit={(to) => {
        onGo()
        void navigate(to)
      }}
    >
      <Combobox.EventsTarget>
        <TextInput
          aria-label="Project, page or event number"
          placeholder="Project, page or event number"
          leftSection={<IconSearch size={16} stroke={1.5} aria-hidden />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          data-autofocus
        />
      </Combobox.EventsTarget>
      <Combobox.Options className="find-results" aria-label="Found">
        {found.map((target) => (
          <Combobox.Option value={target.to} key={target.to + target.label}>
            <span style={{ display: "flex", gap: 12, justifyContent: "space-between" }}>
              <span className="wrap">{target.label}</span>
              <span className="meta nowrap">{target.kind}</span>
            </span>
          </Combobox.Option>
        ))}
        {found.length === 0 ? (
          <Combobox.Empty>Nothing by that name that you may see. Try a project or a number.</Combobox.Empty>
        ) : null}
      </Combobox.Options>
    </Combobox>
  )
}
