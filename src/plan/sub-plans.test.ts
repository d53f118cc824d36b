import { describe, expect, it } from 'vitest'
import { INT4, TEXT } from '../types/sql-type.ts'
import type { PhysicalNode, PhysicalOp } from './physical.ts'
import { below, nodeKeys, positionsElsewhere, pruned } from './sub-plans.ts'

const node = (op: PhysicalOp, position: number): PhysicalNode =>
  ({ ...op, types: [TEXT, INT4], position, appendOnly: false, growth: 'unbounded' }) as PhysicalNode
const get = (object: number, position = 0) => node({ op: 'get', object, columns: [0, 1] }, position)
const distinct = (input: number, position = 0) => node({ op: 'distinct', input }, position)
const half = (input: number, position: number) =>
  node(
    {
      op: 'map',
      input,
      filter: null,
      exprs: [
        {
          kind: 'call',
          fn: 'half',
          args: [{ kind: 'column', index: 0, type: INT4 }],
          type: INT4,
          position: position + 5,
        },
      ],
    },
    position,
  )

describe('parts of plans', () => {
  it('are equal whatever their numbers and places in the text', () => {
    const one = nodeKeys([get(7), half(0, 20), distinct(1, 8)])
    const other = nodeKeys([get(9), get(7, 3), half(1, 90), distinct(2)])
    expect(one).toEqual([other[1], other[2], other[3]])
  })
  it('differ by relation, operator, input and expression', () => {
    const keys = nodeKeys([get(7), get(8), distinct(0), distinct(1), half(0, 0), node({ op: 'negate', input: 0 }, 0)])
    expect(new Set(keys).size).toBe(keys.length)
  })
  it('are all that a node reads', () => {
    const nodes = [get(7), get(8), distinct(0), node({ op: 'union', inputs: [2, 0] }, 0), distinct(1)]
    expect([...below(nodes, 3)].sort()).toEqual([0, 2, 3])
    expect(pruned(nodes, 4)).toEqual({ nodes: [get(8), distinct(0)], root: 1 })
  })
  it('have places in either text', () => {
    const from = { nodes: [get(7, -1), half(0, 10), distinct(1, 4)], root: 2 }
    const to = { nodes: [get(9), get(7, -1), half(1, 30), distinct(2, 4)], root: 3 }
    // 1-based, as in error rows: the map at 11, its expression at 16; what is at the same place is left out.
    expect(positionsElsewhere(from, to)).toEqual([
      [16, 36],
      [11, 31],
    ])
  })
})
