import type {
  Begin,
  Commit,
  ReleaseSavepoint,
  Rollback,
  RollbackTo,
  Savepoint,
  SetTransaction,
  TransactionMode,
} from '../../../grammar/ast-statement.ts'
import { SqlError } from '../../base/sql-error.ts'
import { reporting } from '../reporting.ts'
import { done, type Run, type StatementHandler } from '../run.ts'

/** BEGIN, COMMIT, ROLLBACK and what goes with them. Every isolation level is accepted and served as the strictest. */
export const beginStatement: StatementHandler<Begin> = {
  async run(statement, run) {
    const { transaction } = run.session
    if (transaction.mode === 'explicit') {
      warn(run, '25001', 'there is already a transaction in progress')
    } else transaction.begin('explicit')
    applyModes(statement.modes, run)
    return done(statement.spelling)
  },
}

export const commitStatement: StatementHandler<Commit> = {
  async run(statement, run) {
    const { session } = run
    const { transaction } = session
    const mode = transaction.mode
    checkChain(statement, mode)
    if (mode === 'none' || mode === 'implicit') warn(run, '25P01', 'there is no transaction in progress')
    const { readOnly } = transaction
    session.closePortals('cursors')
    await reporting(run, async () => {
      if (mode === 'failed') transaction.rollback()
      else if (mode !== 'none') await transaction.commit(run.call)
    })
    if (statement.chain) chain(run, readOnly)
    return done(mode === 'failed' ? 'ROLLBACK' : 'COMMIT')
  },
}

export const rollbackStatement: StatementHandler<Rollback> = {
  async run(statement, run) {
    const { session } = run
    const { transaction } = session
    checkChain(statement, transaction.mode)
    const { readOnly } = transaction
    if (transaction.mode === 'none' || transaction.mode === 'implicit') {
      warn(run, '25P01', 'there is no transaction in progress')
    }
    session.closePortals('cursors')
    await reporting(run, async () => {
      if (transaction.mode !== 'none') transaction.rollback()
    })
    if (statement.chain) chain(run, readOnly)
    return done('ROLLBACK')
  },
}

const SAVEPOINT_NAMES = {
  savepoint: 'SAVEPOINT',
  release: 'RELEASE SAVEPOINT',
  rollbackTo: 'ROLLBACK TO SAVEPOINT',
} as const

export const savepointStatement: StatementHandler<Savepoint | ReleaseSavepoint | RollbackTo> = {
  async run(statement, run) {
    const { session } = run
    const { transaction } = session
    const { name } = statement.name
    if (transaction.mode === 'none' || transaction.mode === 'implicit')
      throw new SqlError('25P01', `${SAVEPOINT_NAMES[statement.kind]} can only be used in transaction blocks`)
    switch (statement.kind) {
      case 'savepoint':
        transaction.savepoint(name, session.portals.values())
        return done('SAVEPOINT')
      case 'release':
        transaction.release(name)
        return done('RELEASE')
      case 'rollbackTo':
        await reporting(run, () => transaction.rollbackTo(name))
        session.closePortals('cursors', (portal) => transaction.keeps(portal))
        return done('ROLLBACK')
    }
  },
}

export const setTransactionStatement: StatementHandler<SetTransaction> = {
  async run(statement, run) {
    const { transaction, settings } = run.session
    if (statement.session) {
      for (const mode of statement.modes) {
        if (mode.mode === 'isolation') settings.set('default_transaction_isolation', mode.level, false)
        else if (mode.mode === 'access') settings.set('default_transaction_read_only', onOff(mode.readOnly), false)
      }
    } else if (transaction.mode === 'explicit') applyModes(statement.modes, run)
    else warn(run, '25P01', 'SET TRANSACTION can only be used in transaction blocks')
    return done('SET')
  },
}

function applyModes(modes: readonly TransactionMode[], run: Run): void {
  const { transaction, settings } = run.session
  for (const mode of modes) {
    if (mode.mode === 'isolation') settings.set('transaction_isolation', mode.level, true)
    else if (mode.mode === 'access') {
      transaction.setReadOnly(mode.readOnly)
      settings.set('transaction_read_only', onOff(mode.readOnly), true)
    }
  }
}

const onOff = (value: boolean): string => (value ? 'on' : 'off')

function checkChain(statement: Commit | Rollback, mode: string): void {
  if (!statement.chain || mode === 'explicit' || mode === 'failed') return
  const word = statement.kind === 'commit' ? 'COMMIT' : 'ROLLBACK'
  throw new SqlError('25P01', `${word} AND CHAIN can only be used in transaction blocks`)
}

function chain(run: Run, readOnly: boolean): void {
  run.session.transaction.begin('explicit')
  run.session.transaction.setReadOnly(readOnly)
}

function warn(run: Run, sqlstate: string, message: string): void {
  run.call.notice({ severity: 'WARNING', sqlstate, message })
}
