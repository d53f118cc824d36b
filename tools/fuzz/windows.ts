import type { Production } from './choices.ts'
import type { Leaf, Maker } from './scope.ts'
import type { Type } from './values.ts'

/** A window function over the leaves of a query. Where rows of one order differ in the result, the order is total. */
export function windowFunction(maker: Maker, leaves: readonly Leaf[]): Leaf {
  const { choices } = maker
  const over = (sql: string, type: Type, window: string): Leaf => ({
    sql: `${sql} OVER (${window})`,
    type,
    inner: false,
  })
  const partition = choices.chance(60) ? `PARTITION BY ${choices.one(leaves).sql} ` : ''
  const order = (leaf: Leaf) => `${leaf.sql}${choices.one(['', ' DESC', ' NULLS FIRST', ' DESC NULLS LAST'])}`
  const total = () => `${partition}ORDER BY ${leaves.map(order).join(', ')}`
  const peers = () => `${partition}ORDER BY ${order(choices.one(leaves))}`
  const value = choices.one(leaves)
  const frame = () =>
    choices.one(FRAMES) + choices.one(['', '', ' EXCLUDE CURRENT ROW', ' EXCLUDE GROUP', ' EXCLUDE TIES'])
  const options: Production<Leaf>[] = [
    { name: 'row_number', weight: 2, make: () => over('row_number()', 'bigint', total()) },
    { name: 'rank', weight: 2, make: () => over(`${choices.one(['rank', 'dense_rank'])}()`, 'bigint', peers()) },
    { name: 'ntile', weight: 1, make: () => over('ntile(2)', 'int', total()) },
    {
      name: 'percent_rank',
      weight: 1,
      make: () => {
        const inner = over(`${choices.one(['percent_rank', 'cume_dist'])}()`, 'float', peers())
        return { sql: `round((${inner.sql})::numeric, 2)`, type: 'numeric', inner: false }
      },
    },
    {
      name: 'lag, lead',
      weight: 2,
      make: () => over(`${choices.one(['lag', 'lead'])}(${value.sql}${choices.one(['', ', 2'])})`, value.type, total()),
    },
    {
      name: 'first, last, nth value',
      weight: 2,
      make: () => {
        const call = choices.one(['first_value(?)', 'last_value(?)', 'nth_value(?, 2)']).replace('?', value.sql)
        return over(call, value.type, `${total()} ${frame()}`)
      },
    },
    { name: 'count over', weight: 2, make: () => over('count(*)', 'bigint', choices.chance(30) ? partition : peers()) },
    { name: 'aggregate over a frame', weight: 3, make: () => aggregateOver(`${total()} ${frame()}`) },
    { name: 'aggregate over peers', weight: 2, make: () => aggregateOver(peers()) },
  ]
  return choices.production(options)

  function aggregateOver(window: string): Leaf {
    if (value.type === 'int') return over(`${choices.one(['sum', 'count'])}(${value.sql})`, 'bigint', window)
    if (value.type === 'bool') return over(`${choices.one(['bool_and', 'bool_or'])}(${value.sql})`, 'bool', window)
    if (value.type === 'numeric') return over(`sum(${value.sql})`, 'numeric', window)
    return over(`${choices.one(['min', 'max'])}(${value.sql})`, value.type, window)
  }
}

const FRAMES = [
  'ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING',
  'ROWS UNBOUNDED PRECEDING',
  'ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING',
  'ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING',
  'GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW',
  'GROUPS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING',
  'RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING',
] as const
