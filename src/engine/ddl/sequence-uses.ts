import { SqlError } from '../../base/sql-error.ts'
import type { CatalogSnapshot, TableEntry } from '../../catalog/entry.ts'
import type { CallContext } from '../api.ts'

/**
 * DROP of sequences that columns of tables which stay take their defaults from: refused without CASCADE, with it the
 * defaults go. An identity column's sequence goes with its column only. Gives the tables as they are to become.
 */
export function withoutSequences(
  catalog: CatalogSnapshot,
  going: ReadonlySet<number>,
  cascade: boolean,
  call: CallContext,
): TableEntry[] {
  const changed: TableEntry[] = []
  const lines: string[] = []
  let first: string | undefined
  for (const table of catalog.all()) {
    if (table.kind !== 'table' || going.has(table.id)) continue
    const columns = table.columns.map((column) => {
      const { sequence, identity, ...plain } = column
      if (sequence === undefined || !going.has(sequence)) return column
      const name = catalog.byId(sequence)!.name
      if (identity !== undefined)
        throw new SqlError(
          '2BP01',
          `cannot drop sequence ${name} because column ${column.name} of table ${table.name} requires it`,
          {
            hint: `You can drop column ${column.name} of table ${table.name} instead.`,
          },
        )
      first ??= name
      lines.push(
        `default value for column ${column.name} of table ${table.name}${cascade ? '' : ` depends on sequence ${name}`}`,
      )
      return plain
    })
    if (columns.some((c, i) => c !== table.columns[i])) changed.push({ ...table, columns })
  }
  if (lines.length === 0) return changed
  if (!cascade)
    throw new SqlError('2BP01', `cannot drop sequence ${first} because other objects depend on it`, {
      detail: lines.join('\n'),
      hint: 'Use DROP ... CASCADE to drop the dependent objects too.',
    })
  const one = lines.length === 1
  call.notice({
    severity: 'NOTICE',
    sqlstate: '00000',
    message: one ? `drop cascades to ${lines[0]}` : `drop cascades to ${lines.length} other objects`,
    detail: one ? undefined : lines.map((line) => `drop cascades to ${line}`).join('\n'),
  })
  return changed
}
