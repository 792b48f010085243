// One finding with its derivation, and the satisfied ones folded to a line each that says how it is known.
import { IconChevronRight, IconCircleCheck, IconCircleX, IconHelpCircle } from "@tabler/icons-react"
import { useState } from "react"
import { describeKnown, placeOf, titleOf, type Finding, type FindingGroup } from "./findings.ts"
import "./finding-box.css"

interface FindingBoxProps {
  group: FindingGroup
  file?: string
  /** what the row of a finding is about, where the page knows */
  nameRow?: (finding: Finding) => string | undefined
}

const PLACES_SHOWN = 2

export function FindingBox({ group, file, nameRow }: FindingBoxProps) {
  const [all, setAll] = useState(false)
  const { first } = group
  const Glyph = first.status === "violated" ? IconCircleX : IconHelpCircle
  const shown = all ? group.all : group.all.slice(0, PLACES_SHOWN)
  const more = group.all.length - PLACES_SHOWN
  return (
    <article className={`finding ${first.status}`}>
      <header>
        <Glyph size={16} stroke={1.5} aria-hidden />
        <h3>
          <span className="visually-hidden">
            {first.status === "violated" ? "Violated: " : "Not verifiable: "}
          </span>
          {titleOf(first)}
          {group.all.length > 1 ? <span className="text-3">, {group.all.length} places</span> : null}
        </h3>
        {file ? <code className="file-name">{file}</code> : null}
      </header>
      {shown.map((finding, at) => (
        <Said key={at} finding={finding} row={nameRow?.(finding)} />
      ))}
      {more > 0 ? (
        <button type="button" className="link-button" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `and ${more} more like it`}
        </button>
      ) : null}
    </article>
  )
}

function Said({ finding, row }: { finding: Finding; row: string | undefined }) {
  const column = finding.location?.column
  const place = row ?? placeOf({ location: { ...finding.location, column: undefined } })
  const namesColumn = column !== undefined && (place !== "" || !finding.message.includes(column))
  return (
    <>
      <p className="said-by-engine">
        {place ? `${place[0]?.toUpperCase()}${place.slice(1)}` : ""}
        {place && column ? ", " : ""}
        {namesColumn ? <code>{column}</code> : ""}
        {place || namesColumn ? ". " : ""}
        {finding.message}
      </p>
      <Recovered finding={finding} />
    </>
  )
}

function Recovered({ finding }: { finding: Finding }) {
  if (!finding.recovered || finding.recovered.length === 0) return null
  return (
    <div className="sum">
      {finding.recovered.slice(0, 6).map((cell) => (
        <div key={`${cell.row} ${cell.column}`} style={{ display: "block" }}>
          <div>
            <span>
              row {cell.row + 1}, {cell.column}
            </span>
            <span className="mono">{cell.derivation}</span>
          </div>
          <div className="result">
            <span>so the hidden cell is</span>
            <span className="mono">{describeCell(cell)}</span>
          </div>
        </div>
      ))}
      {finding.recovered.length > 6 ? <div>and {finding.recovered.length - 6} more</div> : null}
    </div>
  )
}

function describeCell(cell: { value?: number; low?: number; high?: number }): string {
  if (cell.value !== undefined) return String(cell.value)
  return `${cell.low ?? "?"} to ${cell.high ?? "?"}`
}

const SHOWN_FOLDED = 3
/** longer words than fit on a folded line are said when the list is opened */
const SHORT = 34

function sayShort(finding: Finding): string {
  return finding.message.length <= SHORT ? finding.message : describeKnown(finding)
}

export function SatisfiedList({ findings }: { findings: readonly Finding[] }) {
  const [all, setAll] = useState(false)
  if (findings.length === 0) return null
  const shown = all ? findings : findings.slice(0, SHOWN_FOLDED)
  const more = findings.length - shown.length
  return (
    <ul className="satisfied-list">
      {shown.map((finding, at) => (
        <li key={`${finding.rule} ${at}`} title={finding.message}>
          <IconCircleCheck size={16} stroke={1.5} aria-hidden />
          <span>
            {titleOf(finding)}
            <span className="visually-hidden">, satisfied: {finding.message}</span>
          </span>
          <span className="meta">{all ? finding.message || describeKnown(finding) : sayShort(finding)}</span>
        </li>
      ))}
      {more > 0 || all ? (
        <li>
          <button type="button" className="link-button" onClick={() => setAll(!all)} aria-expanded={all}>
            <IconChevronRight
              size={14}
              stroke={1.5}
              aria-hidden
              style={{ verticalAlign: -3, color: "inherit" }}
            />{" "}
            {all ? "Show less" : `${more} more, and how each is known`}
          </button>
        </li>
      ) : null}
    </ul>
  )
}
