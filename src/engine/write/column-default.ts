import type { CatalogSnapshot, TableEntry } from '../../catalog/entry.ts'
import { newStatement } from '../../sql/bind/bind.ts'
import { bindEnv } from '../../sql/statement/env.ts'
import { defaultValue } from '../../sql/statement/target-table.ts'
import type { Datum } from '../../types/value.ts'
import { type ProgramEnv, rowProgram } from './row-program.ts'

/** A new value of a column's DEFAULT, where no plan has it: of ON DELETE | UPDATE SET DEFAULT. */
export function columnDefault(catalog: CatalogSnapshot, entry: TableEntry, column: number, program: ProgramEnv): Datum {
  const { nowMicros, timeZone, floatDigits, user, database, searchPath, setting } = program.env
  const context = { catalog, nowMicros, timeZone, floatDigits, user, database, searchPath, setting }
  const st = newStatement(bindEnv({ ...context, sql: '', paramTypes: [], notice: () => {} }))
  return rowProgram([defaultValue(st, entry, column)], [], program)([])[0]!
}
