// The pieces of the drawing: glass walls, doors, sheets. All hidden from screen readers; the same facts stand
// in the list beside it.
import type { ReactNode } from "react"
import { DOOR, WALL, placeMullions } from "./geometry.ts"

export type DoorState = "open" | "waits" | "blocked"

const shutColour = { waits: "var(--amber)", blocked: "var(--red)" } as const

interface GlassProps {
  from: number
  to: number
  at: number
  upright?: boolean
}

/** A glass wall: two wall lines, one line of glass between, a mullion about every 42 px. */
export function Glass({ from, to, at, upright = false }: GlassProps) {
  const near = at + 0.5
  const far = at + WALL - 0.5
  const middle = at + WALL / 2
  const lines = [
    { place: near, colour: "var(--wall)" },
    { place: far, colour: "var(--wall)" },
    { place: middle, colour: "var(--accent-line)" },
  ]
  return (
    <g>
      {lines.map(({ place, colour }) => (
        <path
          key={place}
          d={upright ? `M${place} ${from}V${to}` : `M${from} ${place}H${to}`}
          stroke={colour}
          strokeWidth="1"
        />
      ))}
      {placeMullions(from, to).map((place) => (
        <path
          key={place}
          d={upright ? `M${at} ${place}h${WALL}` : `M${place} ${at}v${WALL}`}
          stroke="var(--wall)"
          strokeWidth="1"
        />
      ))}
    </g>
  )
}

interface DoorProps {
  state: DoorState
  /** far face of the wall and the middle of the opening; on the phone, the lower face and the middle */
  x: number
  y: number
  down?: boolean
}

/** Open: leaf at right angle and quarter arc. Shut: thick leaf in the wall, the arc dashed. */
export function Door({ state, x, y, down = false }: DoorProps) {
  const half = DOOR / 2
  // drawn for a wall that runs down the page; on the phone it is mirrored over the diagonal
  const turn = down ? `matrix(0 1 1 0 ${x} ${y})` : `matrix(1 0 0 1 ${x} ${y})`
  return (
    <g transform={turn} fill="none">
      <path d={`M${-WALL} ${-half}h${WALL}M${-WALL} ${half}h${WALL}`} stroke="var(--wall)" />
      {state === "open" ? (
        <>
          <path d={`M-8.5 ${-half}v${DOOR}M-.5 ${-half}v${DOOR}`} stroke="var(--line-2)" />
          <path d={`M0 ${-half}h${DOOR}`} stroke="var(--accent)" strokeWidth="2" />
          <path
            d={`M${DOOR} ${-half}A${DOOR} ${DOOR} 0 0 1 0 ${half}`}
            stroke="var(--accent)"
            strokeWidth="1"
          />
          <circle cx="0" cy={-half} r="2.5" fill="var(--accent)" />
        </>
      ) : (
        <>
          <path d={`M-4.5 ${-half}v${DOOR}`} stroke={shutColour[state]} strokeWidth="4" />
          <path
            d={`M0 ${-half}h${DOOR}A${DOOR} ${DOOR} 0 0 1 0 ${half}`}
            stroke="var(--line-2)"
            strokeDasharray="4 3"
          />
        </>
      )}
    </g>
  )
}

export function Sheet({ x, y, state }: { x: number; y: number; state: DoorState }) {
  const colour = state === "blocked" ? "red" : state === "waits" ? "amber" : "accent"
  return (
    <path
      d={`M${x + 0.5} ${y + 0.5}h8l4 4v13h-12z`}
      fill={`var(--${colour}-soft)`}
      stroke={`var(--${colour})`}
      strokeWidth="1"
      strokeLinejoin="round"
    />
  )
}

/** The dotted way that data and files take. */
export function Route({ d, quiet = false }: { d: string; quiet?: boolean }) {
  return (
    <path
      d={d}
      fill="none"
      stroke={quiet ? "var(--line-2)" : "var(--accent)"}
      strokeWidth="1.75"
      strokeDasharray="1 5"
      strokeLinecap="round"
    />
  )
}

export function Arrow({ x, y, down = false }: { x: number; y: number; down?: boolean }) {
  return (
    <path
      d={down ? `M${x - 4} ${y - 5}l4 5l4 -5` : `M${x - 5} ${y - 4}l5 4l-5 4`}
      fill="none"
      stroke="var(--accent)"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  )
}

export function Planting({ x, y, radius }: { x: number; y: number; radius: number }): ReactNode {
  const spokes = Array.from({ length: 8 }, (_, at) => {
    const angle = (at * Math.PI) / 4 + 0.3
    const reach = radius * (at % 2 ? 0.62 : 0.8)
    return `M${x} ${y}l${(Math.cos(angle) * reach).toFixed(1)} ${(Math.sin(angle) * reach).toFixed(1)}`
  }).join("")
  return (
    <g fill="none" stroke="var(--line-2)">
      <circle cx={x} cy={y} r={radius} fill="var(--page)" />
      <path d={spokes} />
    </g>
  )
}

/** What solid walls are filled with, as `url(#plan-hatch)`. */
export function Hatch() {
  return (
    <defs>
      <pattern
        id="plan-hatch"
        width="5"
        height="5"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <path d="M2.5 0V5" stroke="var(--line-2)" strokeWidth="1" />
      </pattern>
    </defs>
  )
}
