import { describe, expect, it } from 'vitest'
import type { PhysicalNode, PhysicalOp, RecordPlace } from '../../plan/physical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { INT4, INT8, TEXT } from '../../types/sql-type.ts'
import { withPlaces } from './places.ts'

const node = (op: PhysicalOp, types: PhysicalNode['types'], appendOnly = false): PhysicalNode =>
  ({ ...op, types, position: 0, appendOnly, growth: 'none' }) as PhysicalNode
const col = (index: number): Scalar => ({ kind: 'column', index, type: INT4 })
const asText = (index: number): Scalar => ({ kind: 'cast', arg: col(index), explicit: true, type: TEXT, position: 0 })
/** Text to int: can fail. */
const asInt = (index: number): Scalar => ({
  kind: 'cast',
  arg: { kind: 'column', index, type: TEXT },
  explicit: true,
  type: INT4,
  position: 0,
})
const PLACE: RecordPlace = { source: 'orders', partition: 7, offset: 8 }
const places = (object: number) => (object === 1 ? PLACE : null)
const orders = (columns: number[]) => node({ op: 'get', object: 1, columns }, [INT4, TEXT], true)
const accounts = node({ op: 'get', object: 2, columns: [0, 1] }, [INT4, TEXT])
const join = node(
  { op: 'join', type: 'inner', left: 0, right: 1, leftKeys: [0], rightKeys: [0], nullSafe: false, residual: null },
  [INT4, TEXT, INT4, TEXT],
)

describe('places of records', () => {
  it('are read beside what a map that can fail reads', () => {
    const nodes = [orders([0, 1]), node({ op: 'map', input: 0, filter: null, exprs: [asInt(1)] }, [INT4])]
    const [get, map] = withPlaces(nodes, 1, places)
    expect(get).toMatchObject({ columns: [0, 1, 7, 8], types: [INT4, TEXT, INT4, INT8] })
    expect(map).toMatchObject({ exprs: [asInt(1)], places: [{ source: 'orders', partition: 2, offset: 3 }] })
  })
  it('go through joins, whose other columns move', () => {
    const nodes = [
      orders([0, 1]),
      accounts,
      join,
      node({ op: 'map', input: 2, filter: null, exprs: [asInt(3)] }, [INT4]),
    ]
    const [, right, joined, map] = withPlaces(nodes, 3, places)
    expect(right).toBe(nodes[1])
    expect(joined).toMatchObject({ types: [INT4, TEXT, INT4, INT8, INT4, TEXT], leftKeys: [0], rightKeys: [0] })
    expect(map).toMatchObject({ exprs: [asInt(5)], places: [{ source: 'orders', partition: 2, offset: 3 }] })
  })
  it('go through maps, which may fail too', () => {
    const nodes = [
      orders([0, 1]),
      node({ op: 'map', input: 0, filter: asInt(1), exprs: [asInt(1)] }, [INT4]),
      accounts,
      { ...join, left: 1, right: 2, types: [INT4, INT4, TEXT] } as PhysicalNode,
      node({ op: 'map', input: 3, filter: null, exprs: [asInt(2)] }, [INT4]),
    ]
    const [, below, , , above] = withPlaces(nodes, 4, places)
    expect(below).toMatchObject({ types: [INT4, INT4, INT8], places: [{ partition: 2, offset: 3 }] })
    expect(above).toMatchObject({ exprs: [asInt(4)], places: [{ partition: 1, offset: 2 }] })
  })
  it('change nothing where nothing can fail, where others read the rows, and without a stream', () => {
    const same = (nodes: PhysicalNode[]) => expect(withPlaces(nodes, nodes.length - 1, places)).toEqual(nodes)
    same([orders([0, 1]), node({ op: 'map', input: 0, filter: null, exprs: [asText(0)] }, [TEXT])])
    same([accounts, node({ op: 'map', input: 0, filter: null, exprs: [asInt(1)] }, [INT4])])
    same([
      orders([0, 1]),
      node({ op: 'map', input: 0, filter: null, exprs: [asInt(1)] }, [INT4]),
      node({ op: 'distinct', input: 0 }, [INT4, TEXT]),
      node({ op: 'union', inputs: [1, 2] }, [INT4]),
    ])
  })
})
