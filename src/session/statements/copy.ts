import type { Copy } from '../../../grammar/ast-statement.ts'
import { notSupported } from '../../base/sql-error.ts'
import { copyFrom } from '../copy/copy-from.ts'
import { copyTo } from '../copy/copy-to.ts'
import type { StatementHandler } from '../run.ts'

/** COPY … TO STDOUT and COPY … FROM STDIN; files and programs of the server are not for clients. */
export const copyStatement: StatementHandler<Copy> = {
  async run(statement, run) {
    const { target } = statement
    if (target.to === 'file' || target.to === 'program') {
      throw notSupported(
        `COPY with a ${target.to} of the server`,
        statement.span,
        'Use STDIN or STDOUT, or \\copy of psql.',
      )
    }
    return statement.direction === 'FROM' ? copyFrom(statement, run) : copyTo(statement, run)
  },
}
