// The floor plan under 720 px: rooms stacked, the way running down a lane at the left.
import { DOOR, WALL, countSheets } from "./geometry.ts"
import { Arrow, Door, Glass, Hatch, Route, Sheet, type DoorState } from "./parts.tsx"

const LANE_MIDDLE = 62

interface TallDrawingProps {
  width: number
  height: number
  /** lower faces of the walls under data room, workspace and quarantine */
  walls: readonly [number, number, number]
  doors: readonly [DoorState, DoorState, DoorState]
  waitingFiles: number
}

export function TallDrawing({ width, height, walls, doors, waitingFiles }: TallDrawingProps) {
  const [first, second, third] = walls
  const half = DOOR / 2
  const left = LANE_MIDDLE - half
  const right = LANE_MIDDLE + half
  const { sheets, more } = countSheets(waitingFiles)
  const sheetRows = Math.ceil(sheets / 2)
  const sheetsFrom = third - WALL - 10 - sheetRows * 24
  const solid = `M0 0H${width}V${first}H${right}V${first - WALL}H${width - WALL}V${WALL}H${WALL}V${first - WALL}H${left}V${first}H0Z`
  const slabs = Array.from(
    { length: Math.max(0, Math.floor((height - third) / 28)) },
    (_, at) => third + 27.5 + at * 28,
  )
  return (
    <svg className="plan-drawing" width={width} height={height} aria-hidden>
      <Hatch />
      <rect width={width} height={third} fill="var(--surface)" />
      <path d={solid} fill="var(--page)" />
      <path d={solid} fill="url(#plan-hatch)" />
      <path
        d={`M${left} ${first - 0.5}H.5V.5H${width - 0.5}V${first - 0.5}H${right}`}
        fill="none"
        stroke="var(--wall)"
      />
      <path
        d={`M${left} ${first - WALL + 0.5}H${WALL - 0.5}V${WALL - 0.5}H${width - WALL + 0.5}V${first - WALL + 0.5}H${right}`}
        fill="none"
        stroke="var(--wall)"
      />
      <Glass upright at={0} from={first} to={third} />
      <Glass upright at={width - WALL} from={first} to={third} />
      {(["quarantine", "outside"] as const).map((side) => {
        const [wall, inset] = side === "outside" ? [third, 0] : [second, WALL]
        return (
          <g key={side}>
            <Glass at={wall - WALL} from={inset} to={left} />
            <Glass at={wall - WALL} from={right} to={width - inset} />
          </g>
        )
      })}
      <path d={`M28.5 ${third}V${height}M96.5 ${third}V${height}`} stroke="var(--line)" />
      {slabs.map((y) => (
        <path key={y} d={`M28 ${y}h69`} stroke="var(--line)" />
      ))}

      <circle
        cx={LANE_MIDDLE}
        cy={first - 28}
        r="3.5"
        fill="none"
        stroke="var(--accent)"
        strokeWidth="1.75"
      />
      <Route
        d={`M${LANE_MIDDLE} ${first - 22}V${second - 8}M${LANE_MIDDLE} ${second + 4}V${Math.max(second + 8, sheetsFrom - 14)}`}
      />
      <Arrow x={LANE_MIDDLE} y={first - 3} down />
      <Arrow x={LANE_MIDDLE} y={second - 3} down />
      {Array.from({ length: sheets }, (_, at) => (
        <Sheet
          key={at}
          x={LANE_MIDDLE - 16 + (at % 2) * 19}
          y={sheetsFrom + Math.floor(at / 2) * 24}
          state={doors[2]}
        />
      ))}
      {more > 0 ? (
        <text x={LANE_MIDDLE} y={sheetsFrom - 20} className="plan-words" textAnchor="middle">
          {more} more
        </text>
      ) : null}
      <Door down state={doors[0]} x={LANE_MIDDLE} y={first} />
      <Door down state={doors[1]} x={LANE_MIDDLE} y={second} />
      <Door down state={doors[2]} x={LANE_MIDDLE} y={third} />
    </svg>
  )
}
