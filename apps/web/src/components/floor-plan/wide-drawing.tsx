// The floor plan from 720 px up: four rooms side by side, all doors on one height.
import { DOOR, WALL, countSheets, placeWide } from "./geometry.ts"
import { Arrow, Door, Glass, Hatch, Planting, Route, Sheet, type DoorState } from "./parts.tsx"

/** room for "12 more" before the sheets */
const MORE_WORDS = 56

interface DrawingProps {
  width: number
  height: number
  doors: readonly [DoorState, DoorState, DoorState]
  waitingFiles: number
}

export function WideDrawing({ width, height, doors, waitingFiles }: DrawingProps) {
  const { walls, door } = placeWide(width, height)
  const [first, second, third] = walls
  const half = DOOR / 2
  const { sheets, more } = countSheets(waitingFiles)
  const sheetsFrom = third - WALL - 10 - sheets * 19
  const routeEnd = sheetsFrom - 14 - (more > 0 ? MORE_WORDS : 0)
  const inner = `M${WALL - 0.5} ${WALL - 0.5}H${first - WALL + 0.5}V${door - half}M${first - WALL + 0.5} ${door + half}V${height - WALL + 0.5}H${WALL - 0.5}V${WALL - 0.5}`
  const solid = `M0 0H${first}V${door - half}H${first - WALL}V${WALL}H${WALL}V${height - WALL}H${first - WALL}V${door + half}H${first}V${height}H0Z`
  return (
    <svg className="plan-drawing" width={width} height={height} aria-hidden>
      <Hatch />
      <rect width={third} height={height} fill="var(--surface)" />

      <path d={solid} fill="var(--page)" />
      <path d={solid} fill="url(#plan-hatch)" />
      <path
        d={`M${first - 0.5} ${door - half}V.5H.5V${height - 0.5}H${first - 0.5}V${door + half}`}
        fill="none"
        stroke="var(--wall)"
      />
      <path d={inner} fill="none" stroke="var(--wall)" />

      <Glass from={first} to={third} at={0} />
      <Glass from={first} to={third} at={height - WALL} />
      {(["quarantine", "outside"] as const).map((side) => {
        const [wall, inset] = side === "outside" ? [third, 0] : [second, WALL]
        return (
          <g key={side}>
            <Glass upright at={wall - WALL} from={inset} to={door - half} />
            <Glass upright at={wall - WALL} from={door + half} to={height - inset} />
          </g>
        )
      })}

      <Outside width={width} from={third} door={door} />

      <circle cx={100} cy={door} r="3.5" fill="none" stroke="var(--accent)" strokeWidth="1.75" />
      <Route d={`M106 ${door}H${first - 8}M${first + 4} ${door}H${second - 8}`} />
      {routeEnd > second + 8 ? <Route d={`M${second + 4} ${door}H${routeEnd}`} /> : null}
      <Arrow x={first - 3} y={door} />
      <Arrow x={second - 3} y={door} />
      <text x={112} y={door + 18} className="plan-words">
        {first > 270 ? "reads, each logged first" : "reads"}
      </text>
      <text x={(first + second) / 2} y={door + 18} className="plan-words" textAnchor="middle">
        frozen copies, SHA-256
      </text>

      {Array.from({ length: sheets }, (_, at) => (
        <Sheet key={at} x={sheetsFrom + at * 19} y={door - 9} state={doors[2]} />
      ))}
      {more > 0 ? (
        <text x={sheetsFrom - 8} y={door + 4} className="plan-words" textAnchor="end">
          {more} more
        </text>
      ) : null}

      <Door state={doors[0]} x={first} y={door} />
      <Door state={doors[1]} x={second} y={door} />
      <Door state={doors[2]} x={third} y={door} />
    </svg>
  )
}

function Outside({ width, from, door }: { width: number; from: number; door: number }) {
  const slabs = Array.from(
    { length: Math.max(0, Math.floor((width - from - 24) / 32)) },
    (_, at) => from + 28.5 + at * 32,
  )
  return (
    <g>
      <path
        d={`M${from} ${door - 36.5}H${width}M${from} ${door + 36.5}H${width}`}
        stroke="var(--line)"
        fill="none"
      />
      {slabs.map((x) => (
        <path key={x} d={`M${x} ${door - 36}v73`} stroke="var(--line)" />
      ))}
      <Route quiet d={`M${from + 58} ${door}H${width - 8}`} />
      <Planting x={width - 60} y={door - 59} radius={12} />
      <Planting x={width - 28} y={door - 70} radius={20} />
    </g>
  )
}
