import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SqlError } from '../base/sql-error.ts'
import { RowErrorList } from '../dataflow/row-errors.ts'
import type { PhysicalOp } from '../plan/physical.ts'
import type { Scalar } from '../plan/scalar.ts'
import { BATCH_ROWS_MAX } from '../types/batch.ts'
import { batchFromRows, rowsOf } from '../types/batch-build.ts'
import { INT4, INT8, type SqlType, TEXT } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'
import { checkConstantCalls, expandProgram } from './expand.ts'
import { CONTEXT, tickAt } from './testing/harness.ts'
import { node } from './testing/random-plan.ts'

type FlatMapOp = Extract<PhysicalOp, { op: 'flatMap' }>

const column = (index: number, type: SqlType): Scalar => ({ kind: 'column', index, type })
const call = (fn: string, args: readonly Scalar[], outer = false): FlatMapOp =>
  ({ op: 'flatMap', input: 0, fn, args, withOrdinality: true, outer }) as FlatMapOp

/** Made rows with the number of their input row first, the errors by row, and how often the program gave way. */
function expand(op: FlatMapOp, types: readonly SqlType[], made: readonly SqlType[], rows: readonly Row[]) {
  const { cols, n } = batchFromRows(types, rows)
  const errors = new RowErrorList()
  const out: Row[] = []
  const sizes: number[] = []
  for (const part of expandProgram(op, made, 7, CONTEXT)(cols, n, errors, tickAt(1))) {
    sizes.push(part?.n ?? 0)
    if (part === null) continue
    const values = rowsOf({ n: part.n, diffs: new Int32Array(part.n).fill(1), cols: part.cols }, made)
    for (const [k, row] of values.entries()) out.push([part.from[k], ...row])
  }
  return { out, sizes, errors: errors.rows().map((row) => [row, errors.get(row)!.sqlstate]) }
}

const SERIES = call(
  'generate_series(int4,int4,int4)',
  [0, 1, 2].map((i) => column(i, INT4)),
)
const NUMBERS = [INT4, INT4, INT4]

describe('a table function over the rows of a batch', () => {
  it('makes what its calls make one by one, in parts of a batch; a row that errs makes nothing', () => {
    const end = fc.constantFrom(0, 1, 2, 4095, 4096, 4097, 9000)
    const args = fc.tuple(fc.constantFrom(1, null), end, fc.constantFrom(1, 3, 0))
    fc.assert(
      fc.property(fc.array(args, { maxLength: 8 }), fc.boolean(), (rows, outer) => {
        const expected: Row[] = []
        const failed: [number, string][] = []
        rows.forEach(([start, stop, step], row) => {
          let ordinal = 0
          if (start !== null && step === 0) failed.push([row, '22023'])
          else if (start !== null)
            for (let value: number = start; value <= stop; value += step) expected.push([row, value, ++ordinal])
          if (ordinal === 0 && outer && (start === null || step > 0)) expected.push([row, null, null])
        })
        const { out, sizes, errors } = expand({ ...SERIES, outer }, NUMBERS, [INT4, INT8], rows)
        expect(out).toEqual(expected)
        expect(errors).toEqual(failed)
        expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(BATCH_ROWS_MAX)
      }),
      { numRuns: 20 },
    )
  })

  it('takes back what a call made that fails at its end, and nothing else', () => {
    // The time behind the last one is out of range.
    const times = call(
      'generate_series(timestamp,timestamp,interval)',
      [{ kind: 'timestamp' } as const, { kind: 'timestamp' } as const, { kind: 'interval' } as const].map((type, i) =>
        column(i, type),
      ),
    )
    const day = { months: 0, days: 1, micros: 0 }
    const lastDay = 9223372022400000000n
    const early = 86_400_000_000
    const types: SqlType[] = [{ kind: 'timestamp' }, { kind: 'timestamp' }, { kind: 'interval' }]
    const { out, sizes, errors } = expand(
      times,
      types,
      [{ kind: 'timestamp' }, INT8],
      [
        [0, early, day],
        [lastDay - 9000n * 86_400_000_000n, lastDay, day],
        [0, 0, day],
      ],
    )
    expect(errors).toEqual([[1, '22008']])
    expect(out.map((row) => row[0])).toEqual([0, 0, 2])
    expect(sizes.filter((size) => size === 0).length).toBeGreaterThan(1)
  })

  it('refuses at once what is known to be too much', () => {
    const rows = [
      [1, 2, 1],
      [1, 2_000_000_000, 1],
      [5, 5, 1],
    ]
    const { out, sizes, errors } = expand(SERIES, NUMBERS, [INT4, INT8], rows)
    expect(out).toEqual([
      [0, 1, 1],
      [0, 2, 2],
      [2, 5, 1],
    ])
    expect([errors, sizes]).toEqual([[[1, '54000']], [3]])
  })

  it('gives the rows of a large call before it is through', () => {
    const parts = expandProgram(SERIES, [INT4, INT8], 7, CONTEXT)(
      batchFromRows(NUMBERS, [[1, 9_999_999, 1]]).cols,
      1,
      new RowErrorList(),
      tickAt(1),
    )
    for (const part of parts) {
      expect(part?.n).toBe(BATCH_ROWS_MAX)
      break
    }
  })
})

describe('a call of constants that is too large', () => {
  const int = (value: number | null): Scalar => ({ kind: 'const', value, type: INT4 })
  const plan = (args: readonly Scalar[]) => [
    node({ op: 'constant', rows: [[]] }, []),
    { ...node(call('generate_series(int4,int4)', args), [INT4, INT8]), position: 14 },
  ]
  it('is known before it runs', () => {
    const check = () => checkConstantCalls(plan([int(1), int(2_000_000_000)]))
    expect(check).toThrow(SqlError)
    expect(check).toThrow('table function returns too many rows')
    for (const args of [
      [int(1), int(10_000_000)],
      [int(1), int(null)],
      [int(1), column(0, TEXT)],
    ])
      checkConstantCalls(plan(args))
  })
})
