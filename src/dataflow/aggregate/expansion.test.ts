import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createState } from '../../state/factory.ts'
import { FLOAT8, INT4 } from '../../types/sql-type.ts'
import { RowErrorList } from '../row-errors.ts'
import { SumFloatAccumulator } from './sum-float.ts'

/** Everything a sum shows after these rows went in, in this order. */
function sumOf(rows: readonly (readonly [number, number])[]): string {
  const sum = new SumFloatAccumulator(FLOAT8, false)
  const anyCodec = { encode: () => new Uint8Array(0), decode: () => undefined }
  const table = createState().keyedTable({ id: 't', keyTypes: [INT4], columns: [...sum.columns], anyCodec })
  const slots = new Int32Array(1)
  table.findOrInsert([{ kind: 'f64', data: new Float64Array(1), nulls: null }], 1, slots)
  sum.bind(table, 0)
  for (const [value, diff] of rows) {
    const column = { kind: 'f64', data: Float64Array.of(value), nulls: null } as const
    sum.update({ n: 1, slots, diffs: Int32Array.of(diff), keys: [], args: [column], order: [] })
  }
  const errors = new RowErrorList()
  const { data, nulls } = sum.results(slots, 1, [], errors) as { data: Float64Array; nulls: Uint8Array | null }
  if (errors.count > 0) return errors.get(0)!.message
  return `${nulls === null ? String(data[0]) : 'NULL'} ${sum.isZero(slots[0])}`
}

const wild = fc.oneof(
  fc.double(),
  fc.constantFrom(0.1, 0.2, 0.3, 1e16, -1e16, 1, 1e308, -1e308, 1.7e308, 5e-324, Number.NaN, Infinity, -Infinity),
)

describe('exact float sums', () => {
  it('do not depend on order, nor on what came and went', () => {
    fc.assert(
      fc.property(
        fc.array(wild, { maxLength: 12 }),
        fc.array(wild, { maxLength: 8 }),
        fc.infiniteStream(fc.nat()),
        (kept, gone, order) => {
          const rows = kept.map((value) => [value, 1] as const)
          const passing = gone.flatMap((value) => [[value, 1] as const, [value, -1] as const])
          const mixed = [...rows, ...passing]
          for (let i = mixed.length - 1; i > 0; i--) {
            const j = order.next().value % (i + 1)
            const swap = mixed[i]
            mixed[i] = mixed[j]
            mixed[j] = swap
          }
          expect(sumOf(mixed)).toBe(sumOf(rows))
        },
      ),
      { numRuns: 1000 },
    )
  })
  it('round once', () => {
    expect(
      sumOf([
        [0.1, 1],
        [0.2, 1],
        [0.3, 1],
        [-0.3, 1],
        [-0.2, 1],
        [-0.1, 1],
      ]),
    ).toBe('0 false')
    expect(
      sumOf([
        [1e16, 1],
        [1, 1],
        [-1e16, 1],
      ]),
    ).toBe('1 false')
    expect(sumOf([[0.1, 10]])).toBe('1 false')
  })
  it('come back from beyond the range of floats', () => {
    expect(
      sumOf([
        [1.7e308, 1],
        [1.7e308, 1],
      ]),
    ).toBe('value out of range: overflow')
    expect(
      sumOf([
        [1.7e308, 1],
        [1.7e308, 1],
        [1.7e308, -1],
        [3, 1],
      ]),
    ).toBe('1.7e+308 false')
    expect(
      sumOf([
        [1.7e308, 1],
        [1.7e308, -1],
      ]),
    ).toBe('NULL true')
    expect(
      sumOf([
        [Infinity, 1],
        [1, 1],
        [-Infinity, 1],
      ]),
    ).toBe('NaN false')
    expect(
      sumOf([
        [Infinity, 1],
        [1, 1],
        [Infinity, -1],
      ]),
    ).toBe('1 false')
  })
})
