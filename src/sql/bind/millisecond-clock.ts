import type { Scalar } from '../../plan/scalar.ts'
import { constant } from '../../plan/scalar-walk.ts'
import { INT4, NUMERIC, type SqlType, TEXT } from '../../types/sql-type.ts'

const COMPARISONS: ReadonlySet<string> = new Set(['<', '<=', '=', '<>', '>=', '>'])
const NUMBERS: ReadonlySet<SqlType['kind']> = new Set(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8'])

/**
 * Materialize's mz_now() is a number of milliseconds where it is compared with numbers, as in
 * `mz_now() <= extract(epoch FROM ts) * 1000 + 300000`; beside times it is one itself.
 */
export function withMillisecondClock(op: string, args: readonly Scalar[]): readonly Scalar[] {
  if (args.length !== 2 || !COMPARISONS.has(op)) return args
  return args.map((arg, i) => (isMzNow(arg) && NUMBERS.has(args[1 - i].type.kind) ? milliseconds(arg) : arg))
}

const isMzNow = (s: Scalar): boolean => s.kind === 'call' && s.fn === 'mz_now()'

function milliseconds(now: Scalar): Scalar {
  const position = now.kind === 'call' ? now.position : -1
  const call = (fn: string, args: readonly Scalar[]): Scalar => ({ kind: 'call', fn, args, type: NUMERIC, position })
  const thousand: Scalar = { kind: 'cast', arg: constant(1000, INT4), explicit: false, type: NUMERIC, position }
  const epoch = call('extract(text,timestamptz)', [constant('epoch', TEXT), now])
  return call('floor(numeric)', [call('numeric_mul(numeric,numeric)', [epoch, thousand])])
}
