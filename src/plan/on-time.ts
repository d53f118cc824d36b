import { BOOL, type SqlType } from '../types/sql-type.ts'
import type { OnTimeTest } from './bounds.ts'
import type { PhysicalOp } from './physical.ts'
import type { Scalar } from './scalar.ts'
import { column, conjunction, isNull, not, replaceScalar } from './scalar-walk.ts'

type OnTime = Extract<PhysicalOp, { op: 'onTime' }>

/** The rows that go on, as a condition over the input. What has no time, or came before all watermarks, is not late. */
export function onTimeFilter(
  node: Pick<OnTime, 'watermark' | 'columns' | 'tests' | 'late'>,
  input: readonly SqlType[],
): Scalar {
  const watermark = column(node.watermark, input[node.watermark]!)
  const value = ({ column: c }: OnTimeTest) => column(node.columns[c]!, input[node.columns[c]!]!)
  const tests = node.tests.map((test): Scalar => {
    const reached = test.bounds.map((bound) => atLeast(value(test), overColumn(bound, watermark)))
    return { kind: 'or', args: [isNull(watermark), isNull(value(test)), ...reached], type: BOOL }
  })
  return node.late ? not(conjunction(tests)) : conjunction(tests)
}

/** A bound is an expression over the watermark as its only column. */
export const overColumn = (bound: Scalar, watermark: Scalar): Scalar =>
  replaceScalar(bound, (s) => (s.kind === 'column' ? watermark : undefined))

function atLeast(value: Scalar, bound: Scalar): Scalar {
  const { kind } = value.type
  const fn = `${COMPARE[kind] ?? kind}ge(${kind},${kind})`
  return { kind: 'call', fn, args: [{ ...value, type: { kind } } as Scalar, bound], type: BOOL, position: -1 }
}

const COMPARE: Readonly<Record<string, string>> = {
  timestamp: 'timestamp_',
  timestamptz: 'timestamptz_',
  date: 'date_',
  numeric: 'numeric_',
}
