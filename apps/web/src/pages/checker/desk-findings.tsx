// What stands over and under the list of findings, and the words that say which row one is about.
import type { Answer } from "../../api/client.ts"
import { countFindings, type Finding, type RequestFile } from "../../components/findings.ts"
import { State, stateIcons } from "../../ui/state.tsx"
import { numericColumns } from "./marks.ts"

/** What a row is about, in the table's own words: its cells that are no numbers. */
export function nameRow(shown: Answer<"fileView"> | undefined, finding: Finding): string | undefined {
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

export function FindingsHead({ file }: { file: RequestFile }) {
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

export function OthersVotes({ file }: { file: RequestFile }) {
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
