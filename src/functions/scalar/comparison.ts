import { SqlError } from '../../base/sql-error.ts'
import { type Compare, compareFor } from '../../types/compare.ts'
import { compareLoose } from '../../types/datum.ts'
import { typeByName, typeName } from '../../types/pg-type.ts'
import { type RowType, sameBaseType } from '../../types/sql-type.ts'
import type { Value } from '../../types/value.ts'
import { def, defEnv, type Options } from '../define.ts'
import type { ScalarFunction } from '../function.ts'

/** = <> < <= > >= for every type, in its btree order; all immutable, strict and infallible. */
const OPS = [
  ['eq', '=', (order: number) => order === 0],
  ['ne', '<>', (order: number) => order !== 0],
  ['lt', '<', (order: number) => order < 0],
  ['le', '<=', (order: number) => order <= 0],
  ['gt', '>', (order: number) => order > 0],
  ['ge', '>=', (order: number) => order >= 0],
] as const

type Inline = NonNullable<ScalarFunction['inline']>
const JS = { '=': '===', '<>': '!==', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const

/** Plain numbers without NaN compare as JavaScript does. */
const plain =
  (op: keyof typeof JS): Inline =>
  ([a, b]) =>
    `(${a} ${JS[op]} ${b})`

const FLOAT: Record<keyof typeof JS, Inline> = {
  '=': ([a, b]) => `H.feq(${a}, ${b})`,
  '<>': ([a, b]) => `!H.feq(${a}, ${b})`,
  '<': ([a, b]) => `H.flt(${a}, ${b})`,
  '<=': ([a, b]) => `H.fle(${a}, ${b})`,
  '>': ([a, b]) => `H.flt(${b}, ${a})`,
  '>=': ([a, b]) => `H.fle(${b}, ${a})`,
}

/** Type, prefix of PostgreSQL's function names, inline form, example operands (a < b). */
type Inlining = 'plain' | 'float' | 'none'
const TYPES: readonly (readonly [kind: string, prefix: string, inline: Inlining, a: string, b: string])[] = [
  ['bool', 'bool', 'plain', 'false', 'true'],
  ['int2', 'int2', 'plain', '1::int2', '2::int2'],
  ['int4', 'int4', 'plain', '1', '2'],
  ['int8', 'int8', 'plain', '1::int8', '9007199254740993::int8'],
  ['oid', 'oid', 'plain', '1::oid', '2::oid'],
  ['float4', 'float4', 'float', '1::float4', "'NaN'::float4"],
  ['float8', 'float8', 'float', '1::float8', "'NaN'::float8"],
  ['numeric', 'numeric_', 'none', '1.0', '1.01'],
  ['text', 'text', 'none', "'a'::text", "'b'::text"],
  ['bpchar', 'bpchar', 'none', "'a'::bpchar", "'b'::bpchar"],
  ['name', 'name', 'none', "'a'::name", "'b'::name"],
  ['char', 'char', 'none', '\'a\'::"char"', '\'b\'::"char"'],
  ['bytea', 'bytea', 'none', "'\\x00'::bytea", "'\\x01'::bytea"],
  ['date', 'date_', 'plain', "'2024-01-01'::date", "'infinity'::date"],
  ['time', 'time_', 'plain', "'00:00'::time", "'01:00'::time"],
  ['timestamp', 'timestamp_', 'plain', "'2024-01-01'::timestamp", "'9999-12-31'::timestamp"],
  ['timestamptz', 'timestamptz_', 'plain', "'2024-01-01'::timestamptz", "'2024-01-02'::timestamptz"],
  ['interval', 'interval_', 'none', "'23 hours'::interval", "'1 day'::interval"],
  [
    'uuid',
    'uuid_',
    'none',
    "'00000000-0000-0000-0000-000000000000'::uuid",
    "'00000000-0000-0000-0000-000000000001'::uuid",
  ],
  ['bit', 'bit', 'none', "'10'::bit(2)", "'11'::bit(2)"],
  ['varbit', 'varbit', 'none', "'1'::varbit", "'10'::varbit"],
  ['jsonb', 'jsonb_', 'none', "'1'::jsonb", "'[1]'::jsonb"],
]

function functionName(prefix: string, op: string): string {
  if (prefix.endsWith('_') || !['text', 'bytea', 'bpchar', 'name', 'char'].includes(prefix)) return prefix + op
  // texteq, textne, but text_lt …
  return prefix === 'text' && op !== 'eq' && op !== 'ne' ? `text_${op}` : prefix + op
}

function family(kind: string, prefix: string, inline: Inlining, a: string, b: string): ScalarFunction[] {
  const compare: Compare = compareFor(typeByName(kind)!)
  return OPS.map(([op, symbol, test]) => {
    const holds = test(-1)
    const options: Options = {
      op: symbol,
      example: [`(${a}) ${symbol} (${b})`, holds ? 't' : 'f'],
      ...(inline === 'none' ? {} : { inline: inline === 'float' ? FLOAT[symbol] : plain(symbol) }),
    }
    return def(
      `${functionName(prefix, op)}(${kind},${kind}) bool`,
      (x: Value, y: Value) => test(compare(x, y)),
      options,
    )
  })
}

/** Values of an enum are places in the order of its labels. */
const enums: readonly ScalarFunction[] = OPS.map(([op, symbol, test]) =>
  def(`enum_${op}(anyenum,anyenum) bool`, (x: number, y: number) => test(x - y), {
    op: symbol,
    inline: plain(symbol),
  }),
)

/**
 * Arrays and records compare element by element. The values say how, but for texts that compare in a way of their own,
 * of which the type of an array tells.
 */
function loose(arg: string, prefix: string): ScalarFunction[] {
  return OPS.map(([op, symbol, test]) =>
    defEnv(
      `${prefix}${op}(${arg},${arg}) bool`,
      ([x, y], _, [type, other]) => {
        if (type.fields !== undefined && other.fields !== undefined) sameRecords(type.fields, other.fields)
        const element = type.element?.kind
        const compare =
          element === 'jsonb' || element === 'bpchar' || type.fields !== undefined ? compareFor(type) : compareLoose
        return test(compare(x as Value, y as Value))
      },
      { op: symbol, shapes: true },
    ),
  )
}

function sameRecords(a: RowType, b: RowType): void {
  if (a.length !== b.length)
    throw new SqlError('42804', 'cannot compare record types with different numbers of columns')
  const at = a.findIndex((field, i) => !sameBaseType(field.type, b[i].type))
  if (at < 0) return
  const [x, y] = [typeName(a[at].type), typeName(b[at].type)]
  throw new SqlError('42804', `cannot compare dissimilar column types ${x} and ${y} at record column ${at + 1}`)
}

export const comparisonFunctions: readonly ScalarFunction[] = [
  ...TYPES.flatMap((row) => family(...row)),
  ...enums,
  ...loose('anyarray', 'array_'),
  ...loose('anyrange', 'range_'),
  ...loose('anymultirange', 'multirange_'),
  ...loose('record', 'record_'),
]
