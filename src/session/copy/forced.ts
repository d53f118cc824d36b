import type { OptionValue, WithOption } from '../../../grammar/ast-base.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { RowType } from '../../types/sql-type.ts'

/** FORCE_QUOTE, FORCE_NULL, FORCE_NOT_NULL of CSV: columns by name. */
export type ForcedName = 'force_quote' | 'force_null' | 'force_not_null'
export type Forced = Readonly<Partial<Record<ForcedName, readonly string[] | '*'>>>

export const FORCED_NAMES: ReadonlySet<string> = new Set<ForcedName>(['force_quote', 'force_null', 'force_not_null'])

export function forcedOf(options: readonly WithOption[], direction: 'FROM' | 'TO', csv: boolean): Forced {
  const forced: Partial<Record<ForcedName, readonly string[] | '*'>> = {}
  for (const option of options) {
    if (option.kind === 'rest' || !FORCED_NAMES.has(option.name)) continue
    const name = option.name as ForcedName
    const words = name.replaceAll('_', ' ')
    if (!csv) throw new SqlError('0A000', `COPY ${words} available only in CSV mode`)
    const wanted = name === 'force_quote' ? 'TO' : 'FROM'
    if (direction !== wanted) throw new SqlError('0A000', `COPY ${words} only available using COPY ${wanted}`)
    forced[name] = columnsOf(name, option.value, option.span.start + 1)
  }
  return forced
}

function columnsOf(name: ForcedName, value: OptionValue | undefined, position: number): readonly string[] | '*' {
  if (value?.kind === 'optionWord' && value.word === '*' && name === 'force_quote') return '*'
  if (value?.kind === 'optionList') {
    const columns = value.items.map((item) => {
      if (item.kind !== 'optionWord') return null
      return item.quoted ? item.word : item.word.toLowerCase()
    })
    if (!columns.includes(null)) return columns as string[]
  }
  throw new SqlError('22023', `argument to option "${name}" must be a list of column names`, { position })
}

/** For each column that is copied, whether it is forced. `all`: the columns of the relation, where one is copied. */
export function isForced(forced: Forced, name: ForcedName, copied: RowType, relation: Relation | null): boolean[] {
  const names = forced[name]
  if (names === undefined) return copied.map(() => false)
  if (names === '*') return copied.map(() => true)
  for (const column of names) {
    if (copied.some((field) => field.name === column)) continue
    if (relation === null) throw new SqlError('42703', `column "${column}" does not exist`)
    if (!relation.columns.includes(column))
      throw new SqlError('42703', `column "${column}" of relation "${relation.name}" does not exist`)
    throw new SqlError('42P10', `${name.toUpperCase()} column "${column}" not referenced by COPY`)
  }
  return copied.map((field) => names.includes(field.name))
}

export interface Relation {
  readonly name: string
  readonly columns: readonly string[]
}
