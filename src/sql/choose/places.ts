import type { PhysicalNode, RecordPlace } from '../../plan/physical.ts'
import { column, mapColumns } from '../../plan/scalar-walk.ts'
import { inputsOf } from '../../plan/sub-plans.ts'
import { INT4, INT8 } from '../../types/sql-type.ts'
import { canFail } from '../function-facts.ts'

/** A node's columns moved to make room: where they are now, and where the places of records are. */
interface Placed {
  readonly width: number
  to(column: number): number
  readonly places: readonly RecordPlace[]
}

/**
 * Errors of rows name the record that a row comes from. Partition and offset are columns that a view seldom asks for: this
 * carries them from the stream to the maps that can fail, through maps and joins that nobody else reads. Only streams
 * without retractions have them: there each record has a row of its own in a join's state anyway.
 */
export function withPlaces(
  nodes: readonly PhysicalNode[],
  root: number,
  placesOf: (object: number) => RecordPlace | null,
): PhysicalNode[] {
  const result = [...nodes]
  const readers = nodes.map((_, number) => nodes.filter((node) => inputsOf(node).includes(number)).length)
  const alone = (number: number) => number !== root && readers[number] === 1

  const carry = (number: number): Placed => {
    const node = result[number]!
    const as = (places: readonly RecordPlace[]): Placed => ({ width: node.types.length, to: (c) => c, places })
    if (!alone(number)) return as([])
    if (node.op === 'get') {
      const place = node.appendOnly ? placesOf(node.object) : null
      if (place === null) return as([])
      const columns = [...node.columns]
      const types = [...node.types]
      const at = (wanted: number | null, type: typeof INT4 | typeof INT8) => {
        if (wanted === null) return null
        if (!columns.includes(wanted)) {
          columns.push(wanted)
          types.push(type)
        }
        return columns.indexOf(wanted)
      }
      const places = [{ source: place.source, partition: at(place.partition, INT4), offset: at(place.offset, INT8) }]
      result[number] = { ...node, columns, types }
      return { width: columns.length, to: (c) => c, places }
    }
    if (node.op === 'map') {
      const below = carry(node.input)
      if (below.places.length === 0) return as([])
      const exprs = node.exprs.map((expr) => mapColumns(expr, below.to))
      const types = [...node.types]
      const pass = (from: number | null, type: typeof INT4 | typeof INT8) => {
        if (from === null) return null
        exprs.push(column(from, type))
        return types.push(type) - 1
      }
      const places = below.places.map(({ source, partition, offset }) => {
        return { source, partition: pass(partition, INT4), offset: pass(offset, INT8) }
      })
      const filter = node.filter === null ? null : mapColumns(node.filter, below.to)
      result[number] = { ...node, filter, exprs, types, ...(fails(node) ? { places: below.places } : {}) }
      return { width: types.length, to: (c) => c, places }
    }
    if (node.op === 'join' && node.type !== 'semi' && node.type !== 'anti') {
      const leftWidth = nodes[node.left]!.types.length
      const left = carry(node.left)
      const right = node.right === node.left ? left : carry(node.right)
      const shift = (c: number | null) => (c === null ? null : left.width + c)
      const to = (c: number) => (c < leftWidth ? left.to(c) : left.width + right.to(c - leftWidth))
      result[number] = {
        ...node,
        leftKeys: node.leftKeys.map(left.to),
        rightKeys: node.rightKeys.map(right.to),
        residual: node.residual === null ? null : mapColumns(node.residual, to),
        types: [...result[node.left]!.types, ...result[node.right]!.types],
      }
      const shifted = right.places.map((p) => ({ ...p, partition: shift(p.partition), offset: shift(p.offset) }))
      return { width: left.width + right.width, to, places: [...left.places, ...shifted] }
    }
    return as([])
  }

  // From the end: a map that fails below another one is carried through with that one.
  for (let number = nodes.length - 1; number >= 0; number--) {
    const node = nodes[number]!
    if (node.op !== 'map' || !fails(node) || result[number] !== node) continue
    const below = carry(node.input)
    if (below.places.length === 0) continue
    result[number] = {
      ...node,
      filter: node.filter === null ? null : mapColumns(node.filter, below.to),
      exprs: node.exprs.map((expr) => mapColumns(expr, below.to)),
      places: below.places,
    }
  }
  return result
}

function fails(node: PhysicalNode & { readonly op: 'map' }): boolean {
  return [...(node.filter === null ? [] : [node.filter]), ...node.exprs].some(canFail)
}
