import type { ArgType } from '../../../src/functions/function.ts'
import { multirangeOf, rangeOf } from '../../../src/types/range-type.ts'
import { arrayOf, type SqlType } from '../../../src/types/sql-type.ts'
import type { Choices } from '../choices.ts'
import { ANY_KINDS, FUZZED_KINDS, literalOf, quoted, RANGE_KINDS, textOf } from './arguments.ts'
import { HINTS } from './hints.ts'
import type { Callable } from './rows.ts'

/** One call, and what it takes to make it again over the rows of a table. */
export interface Call {
  readonly of: Callable
  readonly sql: string
  /** Its arguments as constants of the declared types; null: it cannot stand among others as a row. */
  readonly row: readonly string[] | null
}

export function callOf(of: Callable, choices: Choices): Call {
  const types = concrete(of.args, choices)
  if (of.form === 'aggregate') return { of, sql: aggregated(of, types, choices), row: null }
  const count = types.length + ('variadic' in of && of.variadic ? choices.below(3) : 0)
  const all = Array.from({ length: count }, (_, i) => types[Math.min(i, types.length - 1)]!)
  const bent = choices.chance(18)
  const args = all.map((type, i) => (bent ? bentArgument(of, type, i, choices) : argument(of, type, i, choices)))
  if (bent && of.form !== 'operator' && choices.chance(8)) args.pop()
  return {
    of,
    sql: `SELECT ${of.form === 'set' ? '* FROM ' : ''}${selected(of, args)}`,
    row: bent || of.form === 'set' ? null : args,
  }
}

/** The same call over the rows of a table: what is no constant takes another way through a planner. */
export function overRows(of: Callable, rows: readonly (readonly string[])[]): string {
  const names = rows[0]!.map((_, i) => `a${i}`)
  const values = rows.map((row, i) => `(${[String(i), ...row].join(', ')})`)
  return `SELECT n, ${selected(of, names)} FROM (VALUES ${values.join(', ')}) v(${['n', ...names].join(', ')}) ORDER BY n`
}

function selected(of: Callable, args: readonly string[]): string {
  switch (of.form) {
    case 'operator':
      return args.length === 2 ? `${args[0]} ${of.symbol} ${args[1]}` : `${of.symbol} ${args.join()}`
    case 'cast':
      return `CAST(${args[0] ?? 'NULL'} AS ${castTarget(of.to)})`
    default:
      return `"${of.name}"(${args.join(', ')})`
  }
}

const castTarget = ({ kind }: SqlType): string => (kind === 'char' ? '"char"' : kind)

function argument(of: Callable, type: SqlType, i: number, choices: Choices): string {
  const text = textFor(of, type, i, choices)
  return text === null ? literalOf('', type).replace(/^''/, 'NULL') : literalOf(text, type)
}

/** Without its type, of another one, NULL by itself, or no value of its type. */
function bentArgument(of: Callable, type: SqlType, i: number, choices: Choices): string {
  switch (choices.below(5)) {
    case 0:
      return quoted(textFor(of, type, i, choices) ?? '')
    case 1:
      return 'NULL'
    case 2: {
      const other: SqlType = { kind: choices.one(FUZZED_KINDS) }
      const text = textOf(other, choices)
      return text === null ? 'NULL' : literalOf(text, other)
    }
    case 3:
      return choices.one(['1', '2.5', "'x'", 'true', '-1', '1e3', "'1'"])
    default:
      return argument(of, type, i, choices)
  }
}

function textFor(of: Callable, type: SqlType, i: number, choices: Choices): string | null {
  const hints = HINTS[of.name]
  const texts = hints?.[i] ?? (hints !== undefined && i < 9 ? hints['*'] : undefined)
  if (texts !== undefined && choices.chance(hints?.[i] !== undefined ? 85 : 60)) return choices.one(texts)
  if (SIZED.has(of.name) && hints?.[i] !== undefined) return choices.one(hints[i]!)
  return textOf(type, choices)
}

/** What their numbers decide is how long the result is. */
const SIZED: ReadonlySet<string> = new Set([
  'repeat',
  'lpad',
  'rpad',
  'factorial',
  'generate_series',
  'array_fill',
  'power',
  'pow',
  'numeric_power',
])

/** Types that polymorphic arguments stand for in this call. */
function concrete(args: readonly ArgType[], choices: Choices): readonly SqlType[] {
  const ofRanges = args.some((arg) => 'poly' in arg && arg.poly.endsWith('range'))
  const one: SqlType = { kind: choices.one(ofRanges ? RANGE_KINDS : ANY_KINDS) }
  return args.map((arg) => {
    if (!('poly' in arg)) return arg
    if (arg.poly === 'any') return { kind: choices.one(ANY_KINDS) }
    if (arg.poly === 'anyrange') return rangeOf(one)
    if (arg.poly === 'anymultirange') return multirangeOf(one)
    return arg.poly.endsWith('array') ? arrayOf(one) : one
  })
}

/** Rows of random values under an aggregate; doubles are few multiples of 1/4, whose sums do not depend on an order. */
function aggregated(
  of: Callable & { readonly form: 'aggregate' },
  types: readonly SqlType[],
  choices: Choices,
): string {
  const { row, name } = of
  const direct = row.form === 'within' ? 1 : row.form === 'hypothetical' ? types.length : 0
  const columns = row.form === 'within' ? types.slice(1) : types
  const names = columns.map((_, i) => `a${i}`)
  const values = Array.from(
    { length: 1 + choices.below(6) },
    () => `(${columns.map((type) => plainArgument(type, choices)).join(', ')})`,
  )
  const order = ` ORDER BY ${names.join(', ')}`
  const args = names.join(', ')
  const constants = types.slice(0, direct).map((type) => plainArgument(type, choices))
  const from = ` FROM (VALUES ${values.length === 0 || columns.length === 0 ? '(1)' : values.join(', ')}) v${names.length === 0 ? '' : `(${args})`}`
  const where = choices.chance(5) ? ' WHERE false' : ''
  if (direct > 0 || row.form === 'within')
    return `SELECT ${name}(${constants.join(', ')}) WITHIN GROUP (${order.trim()})${from}${where}`
  if (row.form === 'ordered') return `SELECT ${name}(${args}${order})${from}${where}`
  if (columns.length === 0) return `SELECT ${name}(*)${from}${where}`
  const distinct = choices.chance(15) ? 'DISTINCT ' : ''
  return `SELECT ${name}(${distinct}${args}${row.ordered ? order : ''})${from}${where}`
}

const QUARTERS = ['0', '1', '-1', '0.25', '2.5', '-7.75', '100', 'NaN', 'Infinity', '12.5', '3']
const FRACTIONS = ['0', '0.25', '0.5', '1', '0.75', '-0.1', '1.5']

function plainArgument(type: SqlType, choices: Choices): string {
  const isFloat = type.kind === 'float8' || type.kind === 'float4'
  const text =
    isFloat && !choices.chance(8) ? choices.one(choices.chance(15) ? FRACTIONS : QUARTERS) : textOf(type, choices)
  return text === null ? literalOf('', type).replace(/^''/, 'NULL') : literalOf(text, type)
}
