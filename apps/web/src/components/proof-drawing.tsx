// The inclusion path as one line: event left, root right; each square is a sibling hash, above or below as it
// joins. Drawn from the proof that was verified.
import type { Side } from "../api/log-proof.ts"

const WIDTH = 412
const HEIGHT = 56
const MIDDLE = 28

export function ProofDrawing({ sides }: { sides: readonly Side[] }) {
  const from = 10
  const to = WIDTH - 18
  const step = (to - from - 8) / (sides.length + 1)
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width="100%"
      style={{ display: "block", maxWidth: WIDTH }}
      aria-hidden
    >
      <path d={`M${from} ${MIDDLE}H${to}`} stroke="var(--green)" strokeWidth="1" />
      <rect x={from - 6} y={MIDDLE - 6} width="12" height="12" fill="var(--green)" />
      {sides.map((side, at) => {
        const x = Math.round(from + 8 + step * (at + 0.7))
        const y = side === "left" ? MIDDLE - 20 : MIDDLE + 20
        return (
          <g key={at}>
            <path d={`M${x + 0.5} ${MIDDLE}V${y}`} stroke="var(--line-2)" />
            <rect
              x={x - 3.5}
              y={y - 4.5}
              width="8"
              height="8"
              fill="var(--surface)"
              stroke="var(--control)"
            />
            <circle cx={x + 0.5} cy={MIDDLE} r="1.75" fill="var(--green)" />
          </g>
        )
      })}
      <rect x={to} y={MIDDLE - 8} width="16" height="16" fill="var(--surface)" stroke="var(--green)" />
      <path d={`M${to + 4} ${MIDDLE}l3 3l5 -6`} fill="none" stroke="var(--green)" strokeWidth="1.5" />
    </svg>
  )
}
