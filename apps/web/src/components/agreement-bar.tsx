// Time of an agreement: used in accent, marks at 90, 30 and 7 days before its end.
import { stateIcons, State } from "../ui/state.tsx"
import { formatDate, formatMany } from "../util/format.ts"
import "./agreement-bar.css"

const MARKS = [90, 30, 7] as const

export interface AgreementTime {
  daysLeft: number
  daysTotal: number
  until: string
}

/** Amber words from 90 days, red from 7; what they say. */
export function warnAgreement(daysLeft: number): { kind: "waits" | "blocked"; words: string } | undefined {
  if (daysLeft <= 0) return { kind: "blocked", words: "Ended" }
  if (daysLeft <= 7) return { kind: "blocked", words: "Under 7 days" }
  if (daysLeft <= 30) return { kind: "waits", words: "Under 30 days" }
  if (daysLeft <= 90) return { kind: "waits", words: "Under 90 days" }
  return undefined
}

/** Places of the marks in per cent of the bar; marks that would lie before its start are left out. */
export function placeMarks(daysTotal: number): { days: number; at: number }[] {
  return MARKS.filter((days) => days < daysTotal).map((days) => ({
    days,
    at: Math.round((1 - days / Math.max(1, daysTotal)) * 1000) / 10,
  }))
}

export function AgreementBar({ time }: { time: AgreementTime }) {
  const warning = warnAgreement(time.daysLeft)
  const used = Math.min(100, Math.max(0, (1 - time.daysLeft / Math.max(1, time.daysTotal)) * 100))
  const marks = placeMarks(time.daysTotal)
  return (
    <div>
      <p className="agreement-days">
        <strong>{time.daysLeft > 0 ? `${formatMany(time.daysLeft, "day")} left` : "Ended"}</strong>
        <span className="small text-2">until {formatDate(time.until)}</span>
        {warning ? (
          <span className="end">
            <State kind={warning.kind} icon={stateIcons.warning}>
              {warning.words}
            </State>
          </span>
        ) : null}
      </p>
      <div className="agreement-bar" aria-hidden>
        <div className="track">
          <div className="used" style={{ width: `${used}%` }} />
        </div>
        {marks.map((mark, at) => (
          <span key={mark.days}>
            <span className="mark" style={{ left: `${mark.at}%` }} />
            {wordsFit(marks, at) ? (
              <span className={`mark-words${mark.days === 7 ? " last" : ""}`} style={{ left: `${mark.at}%` }}>
                {mark.days}
                {at === 0 ? " days" : ""}
              </span>
            ) : null}
          </span>
        ))}
      </div>
    </div>
  )
}

/** In a long agreement the last marks lie on each other; then only those with room say their number. */
function wordsFit(marks: readonly { at: number }[], at: number): boolean {
  const mark = marks[at]
  const before = marks[at - 1]
  return !mark || !before || mark.at - before.at > 4.5
}
