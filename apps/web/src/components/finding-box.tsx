// One finding with its derivation, and the satisfied ones folded to a line each that says how it is known.
import { IconChevronRight, IconCircleCheck, IconCircleX, IconHelpCircle } from "@tabler/icons-react"
import { useState, type ReactNode } from "react"
import { describeKnown, placeOf, titleOf, type Finding } from "./findings.ts"
import "./finding-box.css"

interface FindingBoxProps {
  finding: Finding
  file?: string
  /** what the row is about, where the page knows */
  row?: string | undefined
  children?: ReactNode
}

export function FindingBox({ finding, file, row, children }: FindingBoxProps) {
  const Glyph = finding.status === "violated" ? IconCircleX : IconHelpCircle
  const column = finding.location?.column
  const place = row ?? placeOf({ location: { ...finding.location, column: undefined } })
  return (
    <article className={`finding ${finding.status}`}>
      <header>
        <Glyph size={16} stroke={1.5} aria-hidden />
        <h3>
          <span className="visually-hidden">
            {finding.status === "violated" ? "Violated: " : "Not verifiable: "}
          </span>
          {titleOf(finding)}
        </h3>
        {file ? <code className="file-name">{file}</code> : null}
      </header>
      <p className="said-by-engine">
        {place ? `${place[0]?.toUpperCase()}${place.slice(1)}` : ""}
        {place && column ? ", " : ""}
        {column && (place || !finding.message.includes(column)) ? <code>{column}</code> : ""}
        {place || (column && !finding.message.includes(column)) ? ". " : ""}
        {finding.message}
      </p>
      <Recovered finding={finding} />
      {children}
    </article>
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
          <span className={all ? "meta" : "meta cut"}>{finding.message || describeKnown(finding)}</span>
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
