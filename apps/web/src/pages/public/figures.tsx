import type { ReactNode } from "react"

/** Large figures with what they count; a list of pairs for screen readers. */
export function Figures({ figures }: { figures: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="figures">
      {figures.map(([figure, words], at) => (
        <div key={at}>
          <dt>{words}</dt>
          <dd>{figure}</dd>
        </div>
      ))}
    </dl>
  )
}
