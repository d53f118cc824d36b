import type { Zone } from './time-zone.ts'

/** How a zone's clocks were ever set: what local times and local days tell of the order of instants. */
export interface ZoneTurns {
  /** The offset never changes. */
  readonly none: boolean
  /** Clocks are never set back: local time rises with time. */
  readonly onward: boolean
  /** Clocks are never set back over a midnight: the local day does not fall. */
  readonly daysOnward: boolean
}

const DAY = 86_400
/** No zone changes twice within it, as `Zone` relies on too. */
const STEP = 8 * DAY
/** Before, every place had its mean time; what is to come follows rules that repeat, at the same hours, before the end. */
const FROM = Date.UTC(1850, 0) / 1000
const TO = Date.UTC(2040, 0) / 1000

const known = new WeakMap<Zone, ZoneTurns>()

/** By the zone's whole table: some 100 milliseconds, once for a zone. */
export function zoneTurns(zone: Zone): ZoneTurns {
  let turns = known.get(zone)
  if (turns === undefined) known.set(zone, (turns = read(zone)))
  return turns
}

function read(zone: Zone): ZoneTurns {
  let none = true
  let onward = true
  let daysOnward = true
  let before = zone.offsetAt(FROM)
  for (let from = FROM; from < TO; from += STEP) {
    const after = zone.offsetAt(from + STEP)
    if (after === before) continue
    none = false
    if (after < before) {
      onward = false
      const at = turnOf(zone, before, from)
      if (Math.floor((at - 1 + before) / DAY) > Math.floor((at + after) / DAY)) daysOnward = false
    }
    before = after
  }
  return { none, onward, daysOnward }
}

/** The first second with another offset, in the step from `from` on. */
function turnOf(zone: Zone, before: number, from: number): number {
  let low = from
  let high = from + STEP
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (zone.offsetAt(middle) === before) low = middle
    else high = middle
  }
  return high
}
