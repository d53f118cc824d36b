import { assert } from '../base/assert.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { Datum, Row } from '../types/value.ts'
import type { TableFunction } from './table-function.ts'

/** A call among those that run side by side: a table function by its id, or null for one value, and its number of arguments. */
export type Member = readonly [fn: string | null, args: number]

/**
 * Several table functions whose rows stand side by side, as ROWS FROM and a select list have them: as many rows as the
 * longest has, the others go on with NULLs. It is a table function itself, whose id names its members; its arguments
 * are theirs in turn.
 */
export const rowsFromId = (members: readonly Member[]): string => `${PREFIX}${JSON.stringify(members)})`

const PREFIX = 'rows_from('

/** The members that such an id names; null for the id of a plain function. */
export const membersOf = (id: string): readonly Member[] | null =>
  id.startsWith(PREFIX) ? (JSON.parse(id.slice(PREFIX.length, -1)) as Member[]) : null

export function rowsFrom(id: string, find: (id: string) => TableFunction | undefined): TableFunction | undefined {
  const members = membersOf(id)
  if (members === null) return undefined
  const calls = members.map(([fn, count]) => {
    const found = fn === null ? ONE_VALUE : find(fn)
    assert(found !== undefined, `table function ${fn}`)
    return { fn: found, count }
  })
  const parts = <T, R>(items: readonly T[], make: (fn: TableFunction, own: readonly T[]) => R): R[] => {
    let from = 0
    return calls.map(({ fn, count }) => {
      const own = items.slice(from, from + count)
      from += count
      return make(fn, own)
    })
  }
  return {
    id,
    name: 'rows_from',
    args: [],
    variadic: true,
    columns: (types) =>
      parts(types, (fn, own) => fn.columns(own)).flatMap((row) => row.map((f) => ({ ...f, nullable: true }))),
    oid: 0,
    volatility: calls.some((c) => c.fn.volatility === 'volatile')
      ? 'volatile'
      : calls.some((c) => c.fn.volatility === 'stable')
        ? 'stable'
        : 'immutable',
    strict: false,
    fallible: calls.some((c) => c.fn.fallible),
    size(args) {
      const sizes = parts(args, (fn, own) => (fn.strict && own.includes(null) ? 0 : (fn.size?.(own) ?? null)))
      return sizes.includes(null) ? null : Math.max(...(sizes as number[]))
    },
    *eval(args, env, types) {
      const widths = parts(types, (fn, own) => fn.columns(own).length)
      let k = 0
      const running: (Generator<Row, void, void> | null)[] = parts(args, (fn, own) => {
        const at = k
        k += own.length
        return fn.strict && own.includes(null) ? null : fn.eval(own, env, types.slice(at, at + own.length))
      })
      for (;;) {
        const row: Datum[] = []
        running.forEach((rows, i) => {
          const next = rows?.next()
          if (next === undefined || next.done) {
            running[i] = null
            for (let c = 0; c < widths[i]; c++) row.push(null)
          } else row.push(...next.value)
        })
        if (running.every((rows) => rows === null)) return
        yield row
      }
    },
  }
}

/** A function that gives no set gives one row. */
const ONE_VALUE: TableFunction = {
  id: '',
  name: '',
  args: [],
  columns: ([type]: readonly SqlType[]) => [{ name: '', type, nullable: true }],
  oid: 0,
  volatility: 'immutable',
  strict: false,
  fallible: false,
  size: () => 1,
  *eval(args) {
    yield [args[0]]
  },
}
