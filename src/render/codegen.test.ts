import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MapProgram } from '../dataflow/operators/map.ts'
import { RowErrorList } from '../dataflow/row-errors.ts'
import type { Scalar } from '../plan/scalar.ts'
import { batchFromRows, rowsOf } from '../types/batch-build.ts'
import { BOOL, FLOAT8, INT4, INT8, NUMERIC, type SqlType, TEXT } from '../types/sql-type.ts'
import type { Datum } from '../types/value.ts'
import { closureMap, mapProgram } from './programs.ts'
import { CONTEXT, tickAt } from './testing/harness.ts'
import { anyCondition, anyDatum, anyScalar, pickFrom } from './testing/random-scalar.ts'
import { rowKey } from './testing/zset.ts'

const TYPES: readonly SqlType[] = [INT4, TEXT, FLOAT8, NUMERIC, BOOL, INT8, INT4]

/** Everything observable of a program over a batch, as text. */
function run(
  program: MapProgram,
  types: readonly SqlType[],
  rows: readonly Datum[][],
  exprs: readonly Scalar[],
): string[] {
  const batch = batchFromRows(types, rows)
  const errors = new RowErrorList()
  const numbers = new Int32Array(batch.n)
  const { n, cols } = program(batch.cols, batch.n, numbers, errors, tickAt(1))
  const out = rowsOf(
    { n, diffs: new Int32Array(n).fill(1), cols },
    exprs.map((expr) => expr.type),
  )
  const kept = n === 0 ? [] : n === batch.n ? rows.map((_, i) => i) : [...numbers.subarray(0, n)]
  return [
    ...out.map((row, k) => `${kept[k]} ${rowKey(row)}`),
    ...errors.rows().map((row) => `${row} error ${JSON.stringify(errors.get(row))}`),
  ]
}

describe('generated loops', () => {
  it('agree with the reference compiler on rows, errors and positions', () => {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const exprs = Array.from({ length: g(fc.nat, { max: 3 }) }, () =>
          anyScalar(g, pickFrom(g, [INT4, FLOAT8, BOOL, BOOL, TEXT, NUMERIC]), TYPES, 3),
        )
        const filter = g(fc.boolean) ? anyCondition(g, TYPES, 3) : null
        const nulls = g(fc.boolean)
        const rows = Array.from({ length: g(fc.nat, { max: 12 }) }, () =>
          TYPES.map(
            (type) =>
              anyDatum(g, type) ??
              (nulls
                ? null
                : type.kind === 'text'
                  ? 'x'
                  : type.kind === 'numeric'
                    ? { mantissa: 1, scale: 0 }
                    : type.kind === 'bool'
                      ? true
                      : 4),
          ),
        )
        const generated = mapProgram(filter, exprs, { ...CONTEXT, hotRows: -1 })
        expect(run(generated, TYPES, rows, exprs)).toEqual(run(closureMap(filter, exprs, CONTEXT), TYPES, rows, exprs))
      }),
      { numRuns: 1500 },
    )
  })

  const column = (index: number, type: SqlType): Scalar => ({ kind: 'column', index, type })
  const add = (left: Scalar, right: Scalar): Scalar => {
    return { kind: 'call', fn: 'int8pl(int8,int8)', args: [left, right], type: INT8, position: 11 }
  }

  it('stay exact where int8 leaves 2^53', () => {
    const exprs = [add(column(0, INT8), column(0, INT8))]
    const rows = [[1], [2 ** 52], [2 ** 53 - 1], [2n ** 60n], [2n ** 62n]]
    for (const some of [rows.slice(0, 2), rows.slice(0, 3), rows]) {
      const generated = run(mapProgram(null, exprs, { ...CONTEXT, hotRows: -1 }), [INT8], some, exprs)
      expect(generated).toEqual(run(closureMap(null, exprs, CONTEXT), [INT8], some, exprs))
    }
    const sums = run(mapProgram(null, exprs, { ...CONTEXT, hotRows: -1 }), [INT8], rows, exprs)
    expect(sums).toContain('2 ["18014398509481982n"]')
    expect(sums).toContain('4 error {"sqlstate":"22003","message":"bigint out of range","position":11}')
  })

  it('do not evaluate the arms that CASE, AND and COALESCE leave out', () => {
    const divide: Scalar = {
      kind: 'call',
      fn: 'int4div(int4,int4)',
      args: [column(0, INT4), column(1, INT4)],
      type: INT4,
      position: 5,
    }
    const zero: Scalar = { kind: 'const', value: 0, type: INT4 }
    const isZero: Scalar = {
      kind: 'call',
      fn: 'int4eq(int4,int4)',
      args: [column(1, INT4), zero],
      type: BOOL,
      position: 1,
    }
    const positive: Scalar = { kind: 'call', fn: 'int4gt(int4,int4)', args: [divide, zero], type: BOOL, position: 1 }
    const exprs: Scalar[] = [
      {
        kind: 'case',
        arms: [
          Object.fromEntries([
            ['when', isZero],
            ['then', zero],
          ]) as { when: Scalar; then: Scalar },
        ],
        otherwise: divide,
        type: INT4,
      },
      { kind: 'and', args: [{ kind: 'not', arg: isZero, type: BOOL }, positive], type: BOOL },
      { kind: 'or', args: [isZero, positive], type: BOOL },
      { kind: 'coalesce', args: [column(1, INT4), divide], type: INT4 },
    ]
    const rows = [
      [6, 0],
      [6, 3],
    ]
    expect(run(mapProgram(null, exprs, { ...CONTEXT, hotRows: -1 }), [INT4, INT4], rows, exprs)).toEqual([
      '0 [0,false,true,0]',
      '1 [2,true,true,3]',
    ])
  })

  it('start when a program is hot', () => {
    const exprs = [add(column(0, INT8), column(0, INT8))]
    const program = mapProgram(null, exprs, { ...CONTEXT, hotRows: 3 })
    for (let k = 0; k < 3; k++) expect(run(program, [INT8], [[1], [2]], exprs)).toEqual(['0 [2]', '1 [4]'])
  })
})
