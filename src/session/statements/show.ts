import type { ShowVariable } from '../../../grammar/ast-statement.ts'
import type { StatementHandler } from '../run.ts'
import { columns, rowsOutcome } from '../text-rows.ts'

/** SHOW name, SHOW ALL. */
const ALL_COLUMNS = columns('name', 'setting', 'description')

export const showStatement: StatementHandler<ShowVariable> = {
  fields(statement, session) {
    if (statement.name === 'clock') return columns('clock')
    return statement.name === 'all' ? ALL_COLUMNS : columns(session.settings.show(statement.name).name)
  },
  async run(statement, run) {
    const { settings, engine } = run.session
    const { name } = statement
    // The server's, whoever set it.
    if (name === 'clock') return rowsOutcome(columns(name), [[engine.clock()]], 'SHOW')
    if (name === 'all') {
      const rows = settings
        .all()
        .map((row) => [row.name, row.name === 'clock' ? engine.clock() : row.value, row.description])
      return rowsOutcome(ALL_COLUMNS, rows, 'SHOW')
    }
    const shown = settings.show(name)
    return rowsOutcome(columns(shown.name), [[shown.value]], 'SHOW')
  },
}
