import { SqlError } from '../../base/sql-error.ts'
import { accumulated } from '../../types/array-value.ts'
import { isNullAt } from '../../types/column-read.ts'
import type { Datum } from '../../types/value.ts'
import type { RowErrors } from '../contract.ts'
import type { Runs } from './frames.ts'
import type { Places } from './places.ts'
import { argumentOf } from './plan.ts'
import type { WindowCall } from './spec.ts'

/** string_agg and array_agg: as long as the frame, and as long takes it to make them. */
export function listOf(call: WindowCall, places: Places, frames: readonly Runs[], i: number, errors: RowErrors): Datum {
  const items: Datum[] = []
  const parts: (string | Uint8Array)[] = []
  for (const { start, end } of frames) {
    for (let place = start[i]; place < end[i]; place++) {
      if (call.filter !== null) {
        const row = places.at(place)
        const column = places.page.cols[call.filter]
        if (isNullAt(column, row) || (column.kind === 'f64' && column.data[row] === 0)) continue
      }
      const value = argumentOf(call, 0, places, place)
      if (call.strategy === 'array_agg') {
        items.push(value)
        continue
      }
      if (value === null) continue
      const between = call.args.length < 2 || parts.length === 0 ? null : argumentOf(call, 1, places, place)
      if (between !== null) parts.push(between as string)
      parts.push(value as string)
    }
  }
  if (call.strategy === 'array_agg') {
    if (items.length === 0) return null
    return call.argTypes[0].kind === 'array' ? stacked(items, i, errors) : items
  }
  if (parts.length === 0) return null
  return call.type.kind === 'bytea' ? new Uint8Array(Buffer.concat(parts as Uint8Array[])) : parts.join('')
}

function stacked(arrays: readonly Datum[], i: number, errors: RowErrors): Datum {
  try {
    return accumulated(arrays)
  } catch (e) {
    if (!(e instanceof SqlError)) throw e
    errors.add(i, e.sqlstate, e.message, -1)
    return null
  }
}
