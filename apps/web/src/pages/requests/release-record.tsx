// The record that is bound to a release, as a list of facts; whole, as it was hashed, one press away. Its shape
// belongs to the release, not to this version of the console, so every key is looked for and none is needed.
import { formatCount } from "../../util/format.ts"

type Json = Readonly<Record<string, unknown>>

function part(record: unknown, key: string): unknown {
  return typeof record === "object" && record !== null ? (record as Json)[key] : undefined
}

function text(record: unknown, ...path: string[]): string | undefined {
  const found = path.reduce(part, record)
  return typeof found === "string" || typeof found === "number" ? String(found) : undefined
}

/** Facts of a record in the order that a reader asks for them; what it does not say is left out. */
export function readFacts(record: unknown): { name: string; words: string }[] {
  const reviews = part(record, "reviews")
  const rules = part(part(record, "disclosure"), "rules")
  const policy = text(record, "disclosure", "policy", "name") ?? text(record, "disclosure", "preset")
  const version = text(record, "disclosure", "policy", "version")
  const threshold = text(record, "disclosure", "thresholds", "threshold")
  const facts: [string, string | undefined][] = [
    ["Turn", text(record, "request", "turn")],
    ["Agreement", withVersion("version", text(record, "agreement", "version"))],
    ["Rules for outputs", policy && `${policy}${version ? `, version ${version}` : ""}`],
    ["Counts below", threshold],
    ["Engine", text(record, "disclosure", "engine")],
    [
      "Rules that ran",
      typeof rules === "object" && rules !== null ? formatCount(Object.keys(rules).length) : undefined,
    ],
    ["Reviewed by", Array.isArray(reviews) ? `${reviews.length} checkers` : undefined],
  ]
  return facts.flatMap(([name, words]) => (words ? [{ name, words }] : []))
}

function withVersion(word: string, version: string | undefined): string | undefined {
  return version && `${word} ${version}`
}

export function ReleaseRecord({ record }: { record: unknown }) {
  return (
    <>
      <dl className="facts">
        {readFacts(record).map(({ name, words }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <details style={{ marginTop: 8 }}>
        <summary style={{ cursor: "pointer" }} className="small">
          The whole record, with hashes and votes
        </summary>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard */}
        <pre className="first-query record" tabIndex={0} aria-label="Record">
          {JSON.stringify(record, null, 2)}
        </pre>
      </details>
    </>
  )
}
