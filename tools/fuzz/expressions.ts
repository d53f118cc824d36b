import type { Production } from './choices.ts'
import { below, leavesOf, type Maker, type Scope, someType } from './scope.ts'
import { literal, TYPE_SQL, type Type } from './values.ts'

/** A random expression of a type. Nothing in it fails: errors of rows have their own tests. */
export function expression(maker: Maker, scope: Scope, type: Type, depth = 2): string {
  const { choices } = maker
  const leaves = leavesOf(scope, type)
  const options: Production<string>[] = []
  if (leaves.length > 0) options.push({ name: 'column', weight: 6, make: () => choices.one(leaves).sql })
  options.push({
    name: `literal ${type}`,
    weight: leaves.length > 0 || depth > 0 ? 1 : 3,
    make: () => literal(type, choices),
  })
  const numbers = leavesOf(scope, 'int')
  const made = FROM_INT[type]
  if (leaves.length === 0 && numbers.length > 0 && made !== null)
    options.push({ name: `${type} of a column`, weight: 5, make: () => made.replace('?', choices.one(numbers).sql) })
  const outer = scope.outer.filter((leaf) => leaf.type === type)
  if (outer.length > 0) options.push({ name: 'outer column', weight: 3, make: () => choices.one(outer).sql })
  if (depth > 0) options.push(...OPERATIONS[type](maker, scope, depth - 1), ...general(maker, scope, type, depth - 1))
  return choices.production(options)
}

/** Where no column has the type, one of integers has to do. */
const FROM_INT = {
  int: null,
  bigint: '(?::bigint)',
  numeric: '(?::numeric(12,2))',
  float: '(?::float8)',
  text: '(?::text)',
  bool: '(? > 1)',
  date: "(DATE '2024-01-31' + ?)",
  timestamp: "(TIMESTAMP '2024-01-31 12:00:00' + ? * interval '1 day')",
} as const satisfies Record<Type, string | null>

type Operations = (maker: Maker, scope: Scope, depth: number) => Production<string>[]

/** A production from a text with a place for each type in braces: `{int} + {int}`. */
const templates =
  (...texts: readonly string[]): Operations =>
  (maker, scope, depth) =>
    texts.map((text) => ({
      name: text,
      weight: 1,
      make: () => `(${text.replace(/\{(\w+)\}/g, (_, type: string) => expression(maker, scope, type as Type, depth))})`,
    }))

const COMPARED = ['=', '<>', '<', '<=', '>', '>='] as const

const OPERATIONS = {
  int: templates(
    '{int} + {int}',
    '{int} - {int}',
    '{int} * 2',
    '- {int}',
    'abs({int})',
    '{int} % 3',
    '{int} / 2',
    'length({text})',
    'strpos({text}, {text})',
    'extract(day FROM {date})::int',
    '{bool}::int',
    '{date} - {date}',
    'sign({int})::int',
    'ascii({text})',
  ),
  bigint: templates('{int}::bigint', '{bigint} + {int}', '{bigint} - {bigint}', '{bigint} * 3', '{bigint} % 5'),
  numeric: templates(
    '{int}::numeric(12,2)',
    '{numeric} + {numeric}',
    '{numeric} - {numeric}',
    'round({numeric} * {numeric}, 2)',
    'round({numeric} / nullif({numeric}, 0.00), 2)',
    'abs({numeric})',
    'round({float}::numeric, 2)',
    'round({bigint}::numeric, 2)',
  ),
  float: templates('{float} + {float}', '{float} - {float}', '{int}::float8', 'abs({float})', 'floor({float}) + 0'),
  text: templates(
    '{text} || {text}',
    'upper({text})',
    'lower({text})',
    'substr({text}, 1, 2)',
    'left({text}, 1)',
    'right({text}, 1)',
    'replace({text}, {text}, {text})',
    "concat({text}, '-', {int})",
    '{int}::text',
    '{bool}::text',
    '{date}::text',
    '{timestamp}::text',
    "lpad({text}, 3, '*')",
    'reverse({text})',
    "to_char({timestamp}, 'YYYY-MM-DD HH24:MI')",
  ),
  bool: (maker, scope, depth) => [
    {
      name: 'comparison',
      weight: 6,
      make: () => {
        const type = someType(maker.choices, scope)
        const left = expression(maker, scope, type, depth)
        return `(${left} ${maker.choices.one(COMPARED)} ${expression(maker, scope, type, depth)})`
      },
    },
    {
      name: 'is null',
      weight: 2,
      make: () => {
        const verb = maker.choices.one(['IS NULL', 'IS NOT NULL'])
        return `(${expression(maker, scope, someType(maker.choices, scope), depth)} ${verb})`
      },
    },
    {
      name: 'is distinct from',
      weight: 1,
      make: () => {
        const type = someType(maker.choices, scope)
        const verb = maker.choices.one(['IS DISTINCT FROM', 'IS NOT DISTINCT FROM'])
        return `(${expression(maker, scope, type, depth)} ${verb} ${expression(maker, scope, type, depth)})`
      },
    },
    {
      name: 'row comparison',
      weight: 1,
      make: () => {
        const types = [someType(maker.choices, scope), someType(maker.choices, scope)]
        const row = () => `(${types.map((type) => expression(maker, scope, type, depth)).join(', ')})`
        return `(${row()} ${maker.choices.one(COMPARED)} ${row()})`
      },
    },
    ...templates(
      '{bool} AND {bool}',
      '{bool} OR {bool}',
      'NOT {bool}',
      '{int} BETWEEN {int} AND {int}',
      '{text} LIKE {text}',
      "{text} NOT LIKE '%b%'",
      '{int} IN ({int}, {int}, 3)',
      '{text} NOT IN ({text}, {text})',
      '{int} = ANY (ARRAY[{int}, {int}])',
      '{bool} IS TRUE',
      '{bool} IS NOT FALSE',
      '{bool} IS UNKNOWN',
    )(maker, scope, depth),
    ...(scope.depth > 0 ? quantified(maker, scope, depth) : []),
  ],
  date: templates('{date} + 1', '{date} - 3', '{timestamp}::date', "({date} + interval '1 month')::date"),
  timestamp: templates(
    "{timestamp} + interval '1 day 01:00'",
    "date_trunc('month', {timestamp})",
    "date_trunc('hour', {timestamp})",
    '{date}::timestamp',
    "{timestamp} - interval '1 month'",
  ),
} satisfies Record<Type, Operations>

/** What there is for every type. */
function general(maker: Maker, scope: Scope, type: Type, depth: number): Production<string>[] {
  const of = () => expression(maker, scope, type, depth)
  const condition = () => expression(maker, scope, 'bool', depth)
  const options: Production<string>[] = [
    { name: 'coalesce', weight: 1, make: () => `coalesce(${of()}, ${of()})` },
    { name: 'nullif', weight: 1, make: () => `nullif(${of()}, ${of()})` },
    { name: 'case', weight: 1, make: () => `CASE WHEN ${condition()} THEN ${of()} ELSE ${of()} END` },
    { name: 'case without else', weight: 1, make: () => `CASE WHEN ${condition()} THEN ${of()} END` },
    { name: 'null', weight: 1, make: () => `NULL::${TYPE_SQL[type]}` },
  ]
  if (type !== 'bool') {
    options.push({ name: 'greatest', weight: 1, make: () => `greatest(${of()}, ${of()})` })
    options.push({ name: 'least', weight: 1, make: () => `least(${of()}, ${of()})` })
  }
  if (scope.depth > 0)
    options.push({ name: 'scalar subquery', weight: 1, make: () => scalarSubquery(maker, scope, type) })
  return options
}

/** Of one row: the first of the query's rows in their own order, or an aggregate. */
function scalarSubquery(maker: Maker, scope: Scope, type: Type): string {
  const { sql } = maker.query(below(scope), [type])
  const name = maker.names.next('q')
  if (type !== 'bool' && maker.choices.chance(50)) return `(SELECT max(c0) FROM ${sql} ${name}(c0))`
  return `(SELECT c0 FROM ${sql} ${name}(c0) ORDER BY c0 LIMIT 1)`
}

function quantified(maker: Maker, scope: Scope, depth: number): Production<string>[] {
  const { choices } = maker
  const subquery = (types: readonly Type[]) => maker.query(below(scope), types).sql
  return [
    {
      name: 'exists',
      weight: 2,
      make: () => `(${choices.one(['', 'NOT '])}EXISTS ${subquery([someType(choices, scope)])})`,
    },
    {
      name: 'in subquery',
      weight: 2,
      make: () => {
        const type = someType(choices, scope)
        const verb = choices.one(['IN', 'NOT IN'])
        return `(${expression(maker, scope, type, depth)} ${verb} ${subquery([type])})`
      },
    },
    {
      name: 'quantified comparison',
      weight: 2,
      make: () => {
        const type = someType(choices, scope)
        const left = expression(maker, scope, type, depth)
        return `(${left} ${choices.one(COMPARED)} ${choices.one(['ANY', 'ALL'])} ${subquery([type])})`
      },
    },
    {
      name: 'row in subquery',
      weight: 1,
      make: () => {
        const types = [someType(choices, scope), someType(choices, scope)]
        const left = types.map((type) => expression(maker, scope, type, depth)).join(', ')
        return `((${left}) ${choices.one(['IN', 'NOT IN'])} ${subquery(types)})`
      },
    },
  ]
}
