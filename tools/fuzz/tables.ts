import type { Choices } from './choices.ts'
import { literal, TYPE_SQL, TYPES, type Type } from './values.ts'

/** Tables with random columns, their first rows, and batches of changes to them. */
export interface Table {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly type: Type }[]
}

const TABLES = 3
const IDS = 24

/** Every table has `id`, by which its rows are changed; the others hold few values, many NULLs and duplicates. */
export function randomTables(choices: Choices): Table[] {
  return Array.from({ length: TABLES }, (_, t) => {
    const types: Type[] = ['int', 'int']
    const more = 1 + choices.below(3)
    for (let i = 0; i < more; i++) types.push(choices.one(TYPES))
    return {
      name: `t${t}`,
      columns: [{ name: 'id', type: 'int' as const }, ...types.map((type, c) => ({ name: `${'abcde'[c]}`, type }))],
    }
  })
}

export function createTable(table: Table, choices: Choices): string {
  const key = choices.chance(50) ? ' PRIMARY KEY' : ''
  const columns = table.columns.map(({ name, type }) => `${name} ${TYPE_SQL[type]}${name === 'id' ? key : ''}`)
  return `CREATE TABLE ${table.name} (${columns.join(', ')})`
}

/** Rows that are there, by table: what a batch may change. */
export type Present = Map<string, Set<number>>

export function firstRows(tables: readonly Table[], present: Present, choices: Choices): string[] {
  return tables.flatMap((table) => {
    present.set(table.name, new Set())
    return insertion(table, present, choices, choices.below(9))
  })
}

/** One to three statements, a tick each. */
export function changes(tables: readonly Table[], present: Present, choices: Choices): string[] {
  const statements: string[] = []
  const count = 1 + choices.below(3)
  for (let i = 0; i < count; i++) {
    const table = choices.one(tables)
    const ids = [...present.get(table.name)!]
    const some = ids.filter(() => choices.chance(35))
    const kind = choices.below(some.length === 0 ? 1 : 3)
    if (kind === 0) statements.push(...insertion(table, present, choices, 1 + choices.below(4)))
    else if (kind === 1) {
      statements.push(`DELETE FROM ${table.name} WHERE id IN (${some.join(', ')})`)
      for (const id of some) present.get(table.name)!.delete(id)
    } else {
      const column = table.columns[1 + choices.below(table.columns.length - 1)]!
      const value = literal(column.type, choices, true)
      statements.push(`UPDATE ${table.name} SET ${column.name} = ${value} WHERE id IN (${some.join(', ')})`)
    }
  }
  return statements
}

function insertion(table: Table, present: Present, choices: Choices, count: number): string[] {
  const ids = present.get(table.name)!
  const rows: string[] = []
  for (let i = 0; i < count; i++) {
    const id = choices.below(IDS)
    if (ids.has(id)) continue
    ids.add(id)
    rows.push(`(${[id, ...table.columns.slice(1).map(({ type }) => literal(type, choices, true))].join(', ')})`)
  }
  return rows.length === 0 ? [] : [`INSERT INTO ${table.name} VALUES ${rows.join(', ')}`]
}
