import type { EvalEnv } from '../functions/function.ts'
import { aggregateById, scalarById, tableFunctionById } from '../functions/lookup.ts'
import { findCast } from '../functions/resolve.ts'
import { clockShape, readsClock } from '../plan/clock-shape.ts'
import type { Scalar } from '../plan/scalar.ts'
import { columnsOf, constant, rewriteScalar, scalarInputs, someScalar } from '../plan/scalar-walk.ts'
import { checkNull } from '../types/modifiers.ts'
import { pgType } from '../types/pg-type.ts'
import type { Datum } from '../types/value.ts'

/** What the function table says about scalars of a plan. */

/** Whether evaluating it can raise an error for some row. */
export const canFail = (s: Scalar): boolean =>
  fails(s) ? !(readsClock(s) && worksAtAllTimes(s)) : scalarInputs(s).some(canFail)

function fails(s: Scalar): boolean {
  if (s.kind === 'error') return true
  if (s.kind === 'call' && LIKE.has(operatorOf(s.fn) ?? '') && s.args[1]?.kind === 'const') return !isPattern(s)
  if (s.kind === 'call' || s.kind === 'anyAll') return scalarById(s.fn)?.fallible ?? true
  if (s.kind === 'cast') return findCast(s.arg.type, s.type, s.explicit ? 'explicit' : 'assignment')?.fallible ?? true
  return false
}

/** What they match by can be wrong, whatever they match: a pattern that works for one text works for all. */
const LIKE: ReadonlySet<string> = new Set(['~~', '!~~', '~~*', '!~~*'])

const isPattern = (s: Extract<Scalar, { kind: 'call' }>): boolean =>
  foldConstant({ ...s, args: [constant('', s.args[0].type), s.args[1]] }).kind === 'const'

/** A comparison whose only failure is a time (or an integer) plus or minus a constant that leaves the range of its type. */
export function failsByRangeAlone(s: Scalar): boolean {
  if (s.kind !== 'call' || !ORDERED.has(operatorOf(s.fn) ?? '')) return false
  return columnsOf(s).size > 0 && s.args.every(shiftsAlone)
}

function shiftsAlone(s: Scalar): boolean {
  if (!canFail(s)) return true
  if (s.kind !== 'call' || s.args.length !== 2 || !['+', '-'].includes(operatorOf(s.fn) ?? '')) return false
  return SHIFTED.has(s.type.kind) && s.args.some((a) => a.kind === 'const') && s.args.every(shiftsAlone)
}

const ORDERED: ReadonlySet<string> = new Set(['<', '<=', '>', '>='])

const SHIFTED: ReadonlySet<string> = new Set(['timestamp', 'timestamptz', 'date', 'int4', 'int8'])

/** A value of the clock alone (now() - interval '5 minutes') that overflows neither at its beginning nor at its end. */
function worksAtAllTimes(s: Scalar): boolean {
  if (clockShape(s) === null || columnsOf(s).size > 0) return false
  return [0, Number.MAX_SAFE_INTEGER].every((nowMicros) => foldConstants(s, { ...NO_ENV, nowMicros }).kind === 'const')
}

export const isStrict = (fn: string): boolean => scalarById(fn)?.strict ?? false

export const tableFunctionFails = (fn: string): boolean => tableFunctionById(fn)?.fallible ?? true

/** The operator that an id implements, when it is one: `=` of `int4eq(int4,int4)`. */
export const operatorOf = (fn: string): string | undefined => scalarById(fn)?.operator

export function isVolatile(s: Scalar): boolean {
  return someScalar(s, (x) => (x.kind === 'call' || x.kind === 'anyAll') && scalarById(x.fn)?.volatility === 'volatile')
}

/**
 * One node whose operands are constants becomes its value. With `env` stable functions too (one statement); without,
 * immutable ones alone (plans that live on). What raises an error stays.
 */
export function foldConstant(s: Scalar, env?: EvalEnv): Scalar {
  try {
    const value = evaluate(s, env)
    return value === undefined ? s : constant(value, s.type)
  } catch {
    return s
  }
}

/** A constant text that means a time of its own reading: 'today' cast to a date. */
export const isReadingTime = (s: Scalar): boolean =>
  s.kind === 'cast' &&
  typeof (s.arg.kind === 'const' && s.arg.value) === 'string' &&
  foldConstant(s, NO_ENV).kind !== 'const' &&
  foldConstant(s, STATEMENT_ENV).kind === 'const'

export const foldConstants = (s: Scalar, env: EvalEnv): Scalar => rewriteScalar(s, (x) => foldConstant(x, env))

function evaluate(s: Scalar, env: EvalEnv | undefined): Datum | undefined {
  switch (s.kind) {
    case 'call': {
      const fn = scalarById(s.fn)
      const args = constants(s.args)
      if (!fn || !args || fn.volatility === 'volatile' || (fn.volatility === 'stable' && !env)) return undefined
      if (fn.strict && args.includes(null)) return null
      return fn.eval(
        args,
        env ?? NO_ENV,
        s.args.map((a) => a.type),
      )
    }
    case 'cast': {
      if (s.arg.kind !== 'const') return undefined
      if (s.arg.value === null) return checkNull(s.type)
      if (!env && dependsOnSession(s)) return undefined
      const cast = findCast(s.arg.type, s.type, s.explicit ? 'explicit' : 'assignment')
      return cast?.eval(s.arg.value, s.type, env ?? NO_ENV)
    }
    case 'array':
      return constants(s.items)
    default:
      return undefined
  }
}

/**
 * Casts between text or dates and times with a zone read the session's time zone; fractions are written with as many digits
 * as it wants; names of objects are those of the catalog.
 */
function dependsOnSession({ type, arg }: Extract<Scalar, { kind: 'cast' }>): boolean {
  const [to, from] = [type.element ?? type, arg.type.element ?? arg.type]
  if (pgType(to).category === 'S' && (from.kind === 'float4' || from.kind === 'float8' || from.kind === 'record'))
    return true
  return [to.kind, from.kind].some((kind) => kind === 'timestamptz' || kind.startsWith('reg'))
}

function constants(items: readonly Scalar[]): Datum[] | undefined {
  const values = items.map((i) => (i.kind === 'const' ? i.value : undefined))
  return values.includes(undefined) ? undefined : (values as Datum[])
}

/** Immutable functions read nothing of it. Texts of a time of their own reading ('today') have no meaning here: they stay. */
const NO_ENV: EvalEnv = {
  nowMicros: 0,
  maintained: true,
  timeZone: 'UTC',
  user: '',
  database: '',
  searchPath: [],
  setting: () => undefined,
  random: () => 0,
}

/** Of some statement: such texts mean a time. */
const STATEMENT_ENV: EvalEnv = { ...NO_ENV, maintained: undefined }

/** Whether an aggregate has direct arguments, beside what its WITHIN GROUP orders by. */
export function hasDirect(aggregate: string): boolean {
  const form = aggregateById(aggregate)?.form
  return form === 'within' || form === 'hypothetical'
}
