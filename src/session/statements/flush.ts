import type { Flush } from '../../../grammar/ast-statement.ts'
import { done, type StatementHandler } from '../run.ts'

/** RisingWave's FLUSH waits until writes are visible. Here an acknowledged write is: there is nothing to wait for. */
export const flushStatement: StatementHandler<Flush> = {
  async run() {
    return done('FLUSH')
  },
}
