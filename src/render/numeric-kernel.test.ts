import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Kernel } from '../dataflow/contract.ts'
import { RowErrorList } from '../dataflow/row-errors.ts'
import type { Scalar } from '../plan/scalar.ts'
import { batchFromRows, rowsOf } from '../types/batch-build.ts'
import { INT8, NUMERIC, type SqlType } from '../types/sql-type.ts'
import type { Datum, Numeric } from '../types/value.ts'
import { closureKernel } from './closure.ts'
import { numericKernel } from './numeric-kernel.ts'
import { CONTEXT, tickAt } from './testing/harness.ts'

const TYPES: readonly SqlType[] = [NUMERIC, NUMERIC, INT8]

const mantissa = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }),
  fc.constantFrom(0, 2 ** 53 - 1, 1 - 2 ** 53, 94_906_267, 10n ** 20n),
)
const numeric = (scale: number): fc.Arbitrary<Numeric> => mantissa.map((m) => ({ mantissa: m, scale }))
const anyNumeric = fc.oneof(
  ...[0, 1, 2, 7, 20].map(numeric),
  fc.constantFrom(Number.NaN, Infinity, -Infinity).map((m) => ({ mantissa: m, scale: 0 })),
)
const leaf: fc.Arbitrary<Scalar> = fc.oneof(
  fc.constantFrom(0, 1).map((index): Scalar => ({ kind: 'column', index, type: NUMERIC })),
  anyNumeric.map((value): Scalar => ({ kind: 'const', value, type: NUMERIC })),
  fc.constant<Scalar>({
    kind: 'cast',
    arg: { kind: 'column', index: 2, type: INT8 },
    type: NUMERIC,
    explicit: false,
    position: -1,
  }),
)
const call = (fn: string, args: Scalar[]): Scalar => ({ kind: 'call', fn, args, type: NUMERIC, position: 3 })
const operator = fc.constantFrom('numeric_mul', 'numeric_add', 'numeric_sub')
const { expression } = fc.letrec<{ expression: Scalar; argument: Scalar }>((tie) => ({
  argument: fc.oneof({ depthSize: 'small' }, leaf, tie('expression')),
  expression: fc
    .tuple(operator, tie('argument'), tie('argument'))
    .map(([fn, a, b]) => call(`${fn}(numeric,numeric)`, [a, b])),
}))

/** One scale a column nearly always: that is what the loops are for. */
const rows = fc
  .tuple(fc.constantFrom(0, 2), fc.constantFrom(1, 2), fc.boolean())
  .chain(([first, second, mixed]) =>
    fc.array(
      fc.tuple(
        fc.option(mixed ? anyNumeric : numeric(first), { freq: 5 }),
        fc.option(numeric(second), { freq: 5 }),
        fc.option(fc.oneof(fc.integer(), fc.constantFrom(2 ** 53 - 1)), { freq: 5 }),
      ),
      { maxLength: 5 },
    ),
  )

it('agrees with the reference compiler, scales included', () => {
  let plain = 0
  fc.assert(
    fc.property(expression, rows, (scalar, data) => {
      const batch = batchFromRows(TYPES, data)
      let left = false
      const reference = closureKernel(scalar, CONTEXT)
      const kernel = numericKernel(scalar, (...args) => {
        left = true
        return reference(...args)
      })
      const answer = (by: Kernel): Datum[][] => {
        const errors = new RowErrorList()
        const cols = [by(batch.cols, batch.n, errors, tickAt(1))]
        return rowsOf({ n: batch.n, diffs: new Int32Array(batch.n).fill(1), cols }, [NUMERIC])
      }
      if (kernel === null) return
      expect(answer(kernel)).toEqual(answer(reference))
      if (!left) plain++
    }),
    { numRuns: 2000 },
  )
  expect(plain).toBeGreaterThan(200)
})
