import { SqlError } from '../base/sql-error.ts'

/**
 * What a statement names went, or changed, while it waited for its turn. Whoever can plans it anew: it is then told what
 * it would have been told had it come only now.
 */
export class ChangedMeanwhile extends SqlError {
  constructor(message = 'a relation that the statement names was dropped or changed meanwhile') {
    super('42P01', message)
  }
}
