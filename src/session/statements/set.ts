import type { OptionValue } from '../../../grammar/ast-base.ts'
import type { Discard, Reset, SetVariable } from '../../../grammar/ast-statement.ts'
import { unreachable } from '../../base/assert.ts'
import { notSupported, SqlError } from '../../base/sql-error.ts'
import type { ClockMode } from '../../engine/api.ts'
import { reporting } from '../reporting.ts'
import { done, type Run, type StatementHandler } from '../run.ts'
import { oneOf } from '../settings/definition.ts'
import { withoutEffect } from '../settings/without-effect.ts'

/** SET, RESET, DISCARD. What the client follows is reported when its value changes. */
export const setStatement: StatementHandler<SetVariable> = {
  async run(statement, run) {
    if (statement.scope === 'SYSTEM') throw notSupported('ALTER SYSTEM', statement.span)
    const { settings, transaction } = run.session
    const local = statement.scope === 'LOCAL'
    if (isUserChange(statement)) {
      checkSameUser(statement, run)
      return done('SET')
    }
    const { name } = statement
    const value = assigned(statement)
    if (name === 'clock') {
      if (local) throw notSupported('SET LOCAL clock', statement.span)
      setClock(value, run)
      return done('SET')
    }
    if (local && transaction.mode !== 'explicit') {
      const message = 'SET LOCAL can only be used in transaction blocks'
      run.call.notice({ severity: 'WARNING', sqlstate: '25P01', message })
      // Still checked, so that a wrong name or value does not pass.
      settings.show(name)
      return done('SET')
    }
    await reporting(run, () => settings.set(name, value, local))
    const vain = withoutEffect(name)
    if (vain !== undefined)
      run.call.notice({
        severity: 'NOTICE',
        sqlstate: '00000',
        message: `parameter "${vain.name}" of ${vain.of} has no effect here`,
        detail: vain.description,
      })
    if (name === 'transaction_read_only') transaction.setReadOnly(settings.get(name) === 'on')
    return done('SET')
  },
}

export const resetStatement: StatementHandler<Reset> = {
  async run(statement, run) {
    if (statement.scope === 'SYSTEM') throw notSupported('ALTER SYSTEM', statement.span)
    const { settings } = run.session
    await reporting(run, () => {
      if (statement.name === 'ALL') settings.resetAll()
      else if (statement.name === 'clock') setClock(null, run)
      else settings.set(statement.name, null, false)
    })
    return done('RESET')
  },
}

export const discardStatement: StatementHandler<Discard> = {
  async run(statement, run) {
    const { session } = run
    switch (statement.what) {
      case 'ALL':
        if (session.transaction.mode === 'explicit' || session.transaction.mode === 'implicit') {
          throw new SqlError('25001', 'DISCARD ALL cannot run inside a transaction block')
        }
        session.closePortals('all')
        session.statements.clear()
        forgetSequences(session)
        await reporting(run, () => session.settings.resetAll())
        await session.temporary.drop(run.call)
        break
      case 'SEQUENCES':
        forgetSequences(session)
        break
      case 'PLANS':
        // They follow the catalog by themselves.
        break
      case 'TEMP':
        await session.temporary.drop(run.call)
        break
      default:
        unreachable(statement.what)
    }
    return done(`DISCARD ${statement.what}`)
  },
}

function forgetSequences({ sequences }: Run['session']): void {
  sequences.values.clear()
  sequences.last = null
}

/** The clock is the server's, not the session's: all sessions see it stand or run. */
function setClock(value: string | null, { session }: Run): void {
  if (session.transaction.mode === 'explicit') {
    throw new SqlError('25001', 'SET clock cannot run inside a transaction block')
  }
  session.engine.setClock(CLOCK_MODE(value ?? 'system', 'clock') as ClockMode)
}
const CLOCK_MODE = oneOf('system', 'manual')

const isUserChange = (statement: SetVariable): boolean =>
  statement.name === 'role' || statement.name === 'session_authorization'

/** There are no roles to change to: naming oneself is all that SET ROLE can do. */
function checkSameUser(statement: SetVariable, run: Run): void {
  if (statement.value === 'DEFAULT') return
  const wanted = statement.value.map(valueText).join(', ')
  if (wanted !== run.session.user && wanted.toLowerCase() !== 'none') {
    throw notSupported('changing the user of a session', statement.span)
  }
}

/** null: back to the default. */
function assigned({ name, value }: SetVariable): string | null {
  if (value === 'DEFAULT') return null
  if (name === 'timezone' && value[0].kind === 'optionWord' && value[0].word.toLowerCase() === 'local') return null
  return value.map(name === 'search_path' ? quotedValue : valueText).join(', ')
}

function valueText(value: OptionValue): string {
  switch (value.kind) {
    case 'optionString':
      return value.value
    case 'optionNumber':
      return value.text
    case 'optionWord':
      return value.word
    case 'optionInterval':
      return intervalHours(value)
    case 'optionList':
      return value.items.map(valueText).join(', ')
    case 'optionSecret':
    case 'optionMap':
      throw notSupported('this form of a setting value', value.span)
  }
}

/** Schema names that are no plain lower-case words keep their quotes, so that they read back as the same names. */
function quotedValue(value: OptionValue): string {
  const text = valueText(value)
  return /^[a-z_][a-z0-9_$]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`
}

/** SET TIME ZONE INTERVAL '+02:00' HOUR TO MINUTE. */
function intervalHours(value: Extract<OptionValue, { kind: 'optionInterval' }>): string {
  const match = /^\s*([+-]?)(\d{1,2})(?::(\d{2}))?\s*$/.exec(value.value)
  if (match === null) throw new SqlError('22023', `invalid value for parameter "TimeZone": "${value.value}"`)
  const hours = Number(match[2]) + Number(match[3] ?? 0) / 60
  return String(match[1] === '-' ? -hours : hours)
}
