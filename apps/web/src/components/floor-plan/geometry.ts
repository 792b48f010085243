// Where the walls and doors of the floor plan stand, in pixels, from its measured size. Room widths scale;
// walls, doors and text do not.

export const WALL = 9
export const DOOR = 48
/** distance of the middle of every door from the bottom of the plan */
const DOOR_FROM_BOTTOM = 63
const MULLION = 42
const FULL_WIDTH = 1376
const ROOMS = { data: 336, workspace: 461, quarantine: 315 }

export interface WideGeometry {
  width: number
  height: number
  /** right faces of the partitions: data room, workspace, quarantine */
  walls: readonly [number, number, number]
  /** height of the middle of the doors */
  door: number
}

export function placeWide(width: number, height: number): WideGeometry {
  const scale = width / FULL_WIDTH
  const first = Math.round(ROOMS.data * scale)
  const second = Math.round((ROOMS.data + ROOMS.workspace) * scale)
  const third = Math.round((ROOMS.data + ROOMS.workspace + ROOMS.quarantine) * scale)
  return { width, height, walls: [first, second, third], door: height - DOOR_FROM_BOTTOM }
}

/** Even mullions between two ends, about every 42 px, ends left out. */
export function placeMullions(from: number, to: number): number[] {
  const length = to - from
  if (length < MULLION) return []
  const count = Math.max(1, Math.round(length / MULLION))
  return Array.from({ length: count - 1 }, (_, at) => Math.round(from + ((at + 1) * length) / count) + 0.5)
}

const MOST_SHEETS = 6

/** One small sheet for each waiting file, at most six; what is more is said as a number. */
export function countSheets(files: number): { sheets: number; more: number } {
  return { sheets: Math.min(files, MOST_SHEETS), more: Math.max(0, files - MOST_SHEETS) }
}
