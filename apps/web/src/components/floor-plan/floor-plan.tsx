// A project's own rooms: data room, workspace, quarantine, outside. The words are an ordered list of rooms and
// doors; the walls are drawn behind them and hidden from screen readers. Each room is one link.
import { useMediaQuery } from "@mantine/hooks"
import { IconChevronRight, IconColumns3, IconLock, IconLockOpen2 } from "@tabler/icons-react"
import { useLayoutEffect, useRef, useState, type ReactNode } from "react"
import { Link } from "react-router"
import type { Answer } from "../../api/client.ts"
import { useNow } from "../../ui/now.ts"
import { PersonBadge } from "../../ui/person.tsx"
import { State } from "../../ui/state.tsx"
import { Ago, Near } from "../../ui/when.tsx"
import { formatBytes, formatCount, formatDate, formatMany } from "../../util/format.ts"
import { LogChip } from "../log-chip.tsx"
import { describeRequest } from "../request-state.ts"
import type { DoorState } from "./parts.tsx"
import { TallDrawing } from "./tall-drawing.tsx"
import { WideDrawing } from "./wide-drawing.tsx"
import "./floor-plan.css"
import "./tall-plan.css"

export type ProjectView = Answer<"projectGet">
type DoorView = ProjectView["doors"][number]

const MOST_TABLES = 6
const MOST_TRAYS = 3
const MOST_RELEASES = 4

const doorNames = {
  data: "Data room to workspace",
  quarantine: "Workspace to quarantine",
  outside: "Quarantine to outside",
} as const

interface Measures {
  width: number
  height: number
  /** lower edges of the first three rooms, for the phone */
  edges: readonly [number, number, number]
}

export function FloorPlan({ view }: { view: ProjectView }) {
  const [asList, setAsList] = useState(false)
  const phone = useMediaQuery("(max-width: 719px)") ?? false
  const list = useRef<HTMLOListElement>(null)
  const measures = useMeasures(list, phone)
  const doorOf = (id: DoorView["id"]): DoorView | undefined => view.doors.find((door) => door.id === id)
  const states = [
    doorState(doorOf("data")),
    doorState(doorOf("quarantine")),
    doorState(doorOf("outside")),
  ] as const
  return (
    <section className={`plan${asList ? " as-list" : ""}`} aria-label="Floor plan">
      {measures && !asList ? (
        phone ? (
          <TallDrawing
            width={measures.width}
            height={measures.height}
            walls={measures.edges}
            doors={states}
            waitingFiles={view.quarantine.files}
          />
        ) : (
          <WideDrawing
            width={measures.width}
            height={measures.height}
            doors={states}
            waitingFiles={view.quarantine.files}
          />
        )
      ) : null}
      <ol ref={list}>
        <DataRoom view={view} phone={phone && !asList} />
        <DoorNote door={doorOf("data")} />
        <WorkspaceRoom view={view} />
        <DoorNote door={doorOf("quarantine")} />
        <QuarantineRoom view={view} />
        <DoorNote door={doorOf("outside")} />
        <OutsideRoom view={view} />
      </ol>
      <div className="today">
        <Today />
        <button
          type="button"
          className="link-button"
          onClick={() => setAsList(!asList)}
          aria-pressed={asList}
        >
          {asList ? "Show the plan as a drawing" : "Show the plan as a list"}
        </button>
      </div>
    </section>
  )
}

function Today() {
  const now = useNow()
  return (
    <>
      <strong>Today, {formatDate(new Date(now).toISOString())}</strong>
      Counts at the doors are since 00:00 and change as you watch.
      <br />
    </>
  )
}

function doorState(door: DoorView | undefined): DoorState {
  return door?.state ?? "blocked"
}

function useMeasures(list: React.RefObject<HTMLOListElement | null>, phone: boolean): Measures | undefined {
  const [measures, setMeasures] = useState<Measures>()
  useLayoutEffect(() => {
    const rooms = [...(list.current?.querySelectorAll<HTMLElement>(":scope > li.room") ?? [])]
    const plan = list.current?.parentElement
    if (!plan || rooms.length < 4) return
    function measure(): void {
      const [data, workspace, quarantine, outside] = rooms
      if (!plan || !data || !workspace || !quarantine || !outside || plan.clientWidth === 0) return
      const edge = (room: HTMLElement): number => room.offsetTop + room.offsetHeight
      const next: Measures = {
        width: plan.clientWidth,
        height: phone ? edge(outside) : data.offsetHeight,
        edges: [edge(data), edge(workspace), edge(quarantine)],
      }
      setMeasures((old) => (JSON.stringify(old) === JSON.stringify(next) ? old : next))
    }
    measure()
    const observer = new ResizeObserver(measure)
    for (const element of [plan, ...rooms]) observer.observe(element)
    return () => observer.disconnect()
  }, [list, phone])
  return measures
}

interface RoomProps {
  kind: "data" | "workspace" | "quarantine" | "outside"
  name: string
  to: string
  meta: string
  children: ReactNode
}

function Room({ kind, name, to, meta, children }: RoomProps) {
  return (
    <li className={`room ${kind}`}>
      <div className="room-head">
        <h2>
          <Link to={to} className="room-link">
            {name}
            <IconChevronRight size={14} stroke={1.5} aria-hidden />
          </Link>
        </h2>
        <span className="meta">{meta}</span>
      </div>
      {children}
    </li>
  )
}

function DataRoom({ view, phone }: { view: ProjectView; phone: boolean }) {
  const { dataRoom } = view
  const most = phone ? 2 : MOST_TABLES
  const shown =
    dataRoom.tables.length > most + (phone ? 0 : 1) ? dataRoom.tables.slice(0, most) : dataRoom.tables
  const more = dataRoom.tables.length - shown.length
  return (
    <Room
      kind="data"
      name="Data room"
      to={`/projects/${view.project.id}/data`}
      meta={dataRoom.snapshot ?? "No data yet"}
    >
      {dataRoom.preparing ? (
        <p style={{ marginBottom: 8 }}>
          <State kind="moving">
            {dataRoom.preparing.step}: {formatCount(dataRoom.preparing.done)} of{" "}
            {formatCount(dataRoom.preparing.total)} {dataRoom.preparing.unit}
          </State>
        </p>
      ) : null}
      {dataRoom.tables.length === 0 && !dataRoom.preparing ? (
        <p className="small text-2">
          Tables come here when an agreement is in force and its extract is made.
        </p>
      ) : null}
      <ul className="shelves">
        {shown.map((table) => (
          <li key={table.name}>
            <IconColumns3 size={16} stroke={1.5} aria-hidden />
            <span className="mono wrap" title={table.name}>
              {table.name}
            </span>
            <span className="rows-count">
              {formatCount(table.rows)}
              <span className="visually-hidden"> rows</span>
            </span>
          </li>
        ))}
      </ul>
      {more > 0 ? (
        <p
          className="head-link"
          style={{ color: "var(--accent)", textAlign: phone ? "right" : "left", marginTop: 4 }}
        >
          {formatMany(more, "more table")}
        </p>
      ) : null}
    </Room>
  )
}

function WorkspaceRoom({ view }: { view: ProjectView }) {
  const { desks, working } = view.workspace
  return (
    <Room
      kind="workspace"
      name="Workspace"
      to={`/projects/${view.project.id}/workspace`}
      meta={describeWorking(working, desks.length)}
    >
      <ul className="desks">
        {desks.map((desk) => {
          const open = desk.state === "running" || desk.state === "opening"
          return (
            <li key={desk.person.id} className={`desk${open ? " open" : ""}${desk.you ? " yours" : ""}`}>
              <PersonBadge name={desk.person.name} you={desk.you} small />
              <div>
                <strong>{desk.you ? "You" : desk.person.name}</strong>
                <div>
                  {describeDesk(desk.state)}
                  {desk.since && open ? (
                    <>
                      {" "}
                      since <Near at={desk.since} />
                    </>
                  ) : null}
                </div>
                {desk.note && !sameWords(desk.note, describeDesk(desk.state)) ? (
                  <div className="desk-note">{desk.note}</div>
                ) : null}
              </div>
            </li>
          )
        })}
      </ul>
    </Room>
  )
}

export function describeWorking(working: number, desks: number): string {
  if (working === 0) return "Nobody is working now"
  return `${working} of ${formatMany(desks, "person", "people")} ${working === 1 ? "is" : "are"} working`
}

const deskWords: Record<ProjectView["workspace"]["desks"][number]["state"], string> = {
  stopped: "Closed",
  opening: "Opening",
  running: "Open",
  stopping: "Closing",
  failed: "Could not open",
  deleting: "Being deleted",
  deleted: "Deleted",
}

export function describeDesk(state: keyof typeof deskWords): string {
  return deskWords[state]
}

export function sameWords(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function QuarantineRoom({ view }: { view: ProjectView }) {
  const { quarantine } = view
  const shown = quarantine.requests.slice(0, MOST_TRAYS)
  const more = quarantine.requests.length - shown.length
  return (
    <Room
      kind="quarantine"
      name="Quarantine"
      to={`/projects/${view.project.id}/requests`}
      meta={
        quarantine.files > 0
          ? `${formatMany(quarantine.files, "file")} wait${quarantine.files === 1 ? "s" : ""}`
          : "Empty"
      }
    >
      {shown.length === 0 ? <p className="small text-2">No request for release is on its way.</p> : null}
      <ul className="trays">
        {shown.map((request) => {
          const state = describeRequest(request.state, request.yours)
          return (
            <li key={request.id} className="tray">
              <strong>{request.title}</strong>
              <span>
                {formatMany(request.files, "file")}, {request.number}, <Near at={request.since} />
              </span>
              <State kind={state.kind} icon={state.icon}>
                {request.note || state.words}
              </State>
            </li>
          )
        })}
      </ul>
      {more > 0 ? <p className="small text-2 more-trays">and {formatMany(more, "more request")}</p> : null}
    </Room>
  )
}

function OutsideRoom({ view }: { view: ProjectView }) {
  const { outside } = view
  const meta =
    outside.releases.length > 0
      ? `${formatMany(outside.files, "file")} in ${formatMany(outside.releases.length, "release")}`
      : "Nothing yet"
  return (
    <Room kind="outside" name="Outside" to={`/projects/${view.project.id}/releases`} meta={meta}>
      <ul className="gone">
        {outside.releases.slice(0, MOST_RELEASES).map((release) => (
          <li key={release.id}>
            <span className="wrap" title={release.title}>
              {release.title}
              {release.revoked ? " (revoked)" : ""}
            </span>
            <Near at={release.at} />
          </li>
        ))}
      </ul>
    </Room>
  )
}

function DoorNote({ door }: { door: DoorView | undefined }) {
  if (!door) return <li className="door-note" />
  return (
    <li className={`door-note ${door.state}`}>
      <p className="line">
        {door.state === "open" ? (
          <State kind="open" icon={IconLockOpen2}>
            Open
          </State>
        ) : (
          <State kind={door.state === "waits" ? "waits" : "blocked"} icon={IconLock}>
            {door.state === "waits" ? "Closed" : "Blocked"}
          </State>
        )}
        <strong>{doorNames[door.id]}</strong>
      </p>
      <p>
        <b>{formatCount(door.today)}</b> {countWords(door)}
        {door.last ? (
          <>
            {" "}
            Last: <span className={door.id === "data" ? "mono" : ""}>{door.last.what}</span>,{" "}
            <Ago at={door.last.at} /> {door.last.index === null ? null : <LogChip index={door.last.index} />}
          </>
        ) : null}
      </p>
      <p>{door.note}</p>
    </li>
  )
}

function countWords(door: DoorView): string {
  if (door.id !== "data") return `${door.today === 1 ? "file" : "files"} today.`
  const reads = `${door.today === 1 ? "read" : "reads"} today`
  return door.todayBytes ? `${reads}, ${formatBytes(door.todayBytes)}.` : `${reads}.`
}
