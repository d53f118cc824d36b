import type { Production } from './choices.ts'
import { expression } from './expressions.ts'
import { type Leaf, type Maker, type Scope, someType } from './scope.ts'
import type { Type } from './values.ts'

/** GROUP BY and aggregates: what the select list of a grouped query may name. */
export interface Grouping {
  readonly clause: string
  readonly leaves: readonly Leaf[]
}

export function grouping(maker: Maker, scope: Scope): Grouping {
  const { choices } = maker
  const keys: Leaf[] = []
  const count = scope.leaves.length === 0 ? 0 : choices.below(3)
  for (let i = 0; i < count; i++) keys.push(key(maker, scope))
  const leaves = [...keys]
  const aggregates = 1 + choices.below(3)
  for (let i = 0; i < aggregates; i++) leaves.push(aggregate(maker, { ...scope, depth: 0 }))
  if (keys.length === 0) return { clause: '', leaves }
  const list = keys.map(({ sql }) => sql).join(', ')
  const sets: Production<string>[] = [
    { name: 'rollup', weight: 1, make: () => `ROLLUP (${list})` },
    { name: 'cube', weight: 1, make: () => `CUBE (${list})` },
    { name: 'grouping sets', weight: 1, make: () => `GROUPING SETS ((${list}), (${keys[0]!.sql}), ())` },
  ]
  // PostgreSQL 15 takes a key that folds to another (CASE WHEN true THEN a END) for that one in some places of a list.
  const plain = keys.every((leaf) => scope.leaves.includes(leaf))
  const form = choices.production<string>([{ name: 'group by', weight: 8, make: () => list }, ...(plain ? sets : [])])
  if (form !== list) leaves.push({ sql: `GROUPING(${list})`, type: 'int', inner: false })
  return { clause: ` GROUP BY ${form}`, leaves }
}

/** A column, or an expression of one: a constant would be the position of a column. */
function key(maker: Maker, scope: Scope): Leaf {
  const { choices } = maker
  const leaf = choices.one(scope.leaves)
  if (!choices.chance(25)) return leaf
  const type = someType(choices, scope)
  const sql = expression(maker, { ...scope, outer: [], depth: 0 }, type, 1)
  const named = scope.leaves.some((one) => sql !== one.sql && sql.includes(one.sql))
  return named ? { sql, type, inner: false } : leaf
}

function aggregate(maker: Maker, scope: Scope): Leaf {
  const { choices } = maker
  const of = (type: Type) => expression(maker, { ...scope, outer: [] }, type, 1)
  const leaf = (sql: string, type: Type): Leaf => ({ sql, type, inner: false })
  const distinct = choices.chance(20) ? 'DISTINCT ' : ''
  const options: Production<Leaf>[] = [
    { name: 'count(*)', weight: 3, make: () => leaf('count(*)', 'bigint') },
    { name: 'count', weight: 3, make: () => leaf(`count(${distinct}${of(someType(choices, scope))})`, 'bigint') },
    { name: 'sum(int)', weight: 3, make: () => leaf(`sum(${distinct}${of('int')})`, 'bigint') },
    { name: 'sum(numeric)', weight: 2, make: () => leaf(`sum(${distinct}${of('numeric')})`, 'numeric') },
    { name: 'sum(float)', weight: 1, make: () => leaf(`sum(${of('float')})`, 'float') },
    { name: 'avg(int)', weight: 1, make: () => rounded('avg', of('int')) },
    { name: 'avg(numeric)', weight: 1, make: () => rounded('avg', of('numeric')) },
    { name: 'stddev', weight: 1, make: () => rounded('stddev_samp', of('int')) },
    { name: 'var_pop', weight: 1, make: () => rounded('var_pop', of('numeric')) },
    { name: 'bool_and', weight: 1, make: () => leaf(`bool_and(${of('bool')})`, 'bool') },
    { name: 'bool_or', weight: 1, make: () => leaf(`bool_or(${of('bool')})`, 'bool') },
    { name: 'bit_or', weight: 1, make: () => leaf(`bit_or(${of('int')})`, 'int') },
    {
      name: 'min, max',
      weight: 3,
      make: () => {
        const some = someType(choices, scope)
        const type = some === 'bool' ? 'int' : some
        return leaf(`${choices.one(['min', 'max'])}(${of(type)})`, type)
      },
    },
    {
      name: 'string_agg',
      weight: 1,
      make: () => {
        const text = of('text')
        return leaf(`string_agg(${distinct}${text}, ',' ORDER BY ${text}${choices.one(['', ' DESC'])})`, 'text')
      },
    },
    {
      name: 'array_agg',
      weight: 1,
      make: () => {
        const value = of('int')
        return leaf(`array_agg(${distinct}${value} ORDER BY ${value})::text`, 'text')
      },
    },
    {
      name: 'bit_and, bit_xor',
      weight: 1,
      make: () => leaf(`${choices.one(['bit_and', 'bit_xor'])}(${of('int')})`, 'int'),
    },
    { name: 'regr_count', weight: 1, make: () => leaf(`regr_count(${of('float')}, ${of('float')})`, 'bigint') },
    {
      name: 'percentile_disc, mode',
      weight: 2,
      make: () => {
        const type = choices.one<Type>(['int', 'text', 'date', 'bigint'])
        const call = choices.one(['mode()', 'percentile_disc(0.5)', 'percentile_disc(0.8)'])
        return leaf(`${call} WITHIN GROUP (ORDER BY ${of(type)}${choices.one(['', ' DESC'])})`, type)
      },
    },
    {
      name: 'percentile_cont',
      weight: 1,
      make: () =>
        leaf(`percentile_cont(${choices.one(['0', '0.25', '0.5'])}) WITHIN GROUP (ORDER BY ${of('float')})`, 'float'),
    },
    {
      name: 'hypothetical rank',
      weight: 1,
      make: () => {
        const order = `${of('int')}${choices.one(['', ' DESC', ' NULLS FIRST'])}`
        return leaf(
          `${choices.one(['rank', 'dense_rank'])}(${choices.one(['1', '2', 'NULL'])}) WITHIN GROUP (ORDER BY ${order})`,
          'bigint',
        )
      },
    },
  ]
  const made = choices.production(options)
  if (made.sql.endsWith('::text') || made.sql.startsWith('round(') || !choices.chance(15)) return made
  choices.count('filter')
  return leaf(`${made.sql} FILTER (WHERE ${of('bool')})`, made.type)
}

/** Two digits behind the point, as every numeric here has. */
const rounded = (name: string, of: string): Leaf => ({ sql: `round(${name}(${of}), 2)`, type: 'numeric', inner: false })
