// SET and RESET.
import type { Name, OptionValue } from './ast-base.ts'
import type { Reset, SetConstraints, SetTransaction, SetVariable } from './ast-statement.ts'
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import type { SqlToken } from './token.ts'
import { ColId, ColLabel, T } from './tokens.ts'

export function setRules(g: SqlParser, r: Rules) {
  r.set = g.rule('set', (): SetVariable | SetTransaction | SetConstraints => {
    const s = g.mark()
    g.eat(1, T.SET)
    let scope: SetVariable['scope']
    g.optIf(
      2,
      () => g.peek(2) !== T.Eq && g.peek(2) !== T.TO && g.peek(2) !== T.Dot,
      () => {
        scope = g.alt<SetVariable['scope']>(3, [
          { ALT: () => g.eat(4, T.LOCAL) && 'LOCAL' },
          { ALT: () => g.eat(5, T.SESSION) && 'SESSION' },
        ])
      },
    )
    const set = (name: string, value: SetVariable['value']): SetVariable => ({
      kind: 'set',
      ...(scope && { scope }),
      name,
      value,
      span: g.span(s),
    })
    const plain = () => g.peek(2) !== T.Eq && g.peek(2) !== T.TO && g.peek(2) !== T.Dot
    return g.alt<SetVariable | SetTransaction | SetConstraints>(6, [
      {
        GATE: plain,
        ALT: () => {
          g.eat(7, T.TRANSACTION)
          return { kind: 'setTransaction', session: false, modes: g.sub(8, r.transactionModes), span: g.span(s) }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: plain,
        ALT: () => {
          g.words(9, T.CHARACTERISTICS, T.AS, T.TRANSACTION)
          return { kind: 'setTransaction', session: true, modes: g.sub(10, r.transactionModes), span: g.span(s) }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: plain,
        ALT: () => {
          g.eat(11, T.CONSTRAINTS)
          const names = g.alt<Name[] | 'ALL'>(12, [
            { ALT: () => g.eat(13, T.ALL) && 'ALL' },
            { ALT: () => g.list(0, () => g.sub(14, r.name)) },
          ])
          const deferred = g.alt(15, [
            { ALT: () => g.eat(16, T.DEFERRED) && true },
            { ALT: () => g.eat(17, T.IMMEDIATE) && false },
          ])
          return { kind: 'setConstraints', names, deferred, span: g.span(s) }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: plain,
        ALT: () => g.words(18, T.TIME, T.ZONE) && set('timezone', g.sub(19, r.setValue)),
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: plain,
        ALT: () => g.eat(20, T.NAMES) && set('client_encoding', g.sub(21, r.setValue)),
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: plain,
        ALT: () => g.eat(22, T.SCHEMA) && set('search_path', g.sub(23, r.setValue)),
        IGNORE_AMBIGUITIES: true,
      },
      { GATE: plain, ALT: () => g.eat(24, T.ROLE) && set('role', g.sub(25, r.setValue)), IGNORE_AMBIGUITIES: true },
      { ALT: () => g.eat(26, T.AUTHORIZATION) && set('session_authorization', g.sub(27, r.setValue)) },
      {
        ALT: () => {
          const name = g.sub(28, r.settingName)
          g.alt(29, [{ ALT: () => g.eat(30, T.Eq) }, { ALT: () => g.eat(31, T.TO) }])
          return set(name, g.sub(32, r.setValue))
        },
        IGNORE_AMBIGUITIES: true,
      },
    ])
  })

  r.settingName = g.rule('settingName', (): string => {
    // ksqlDB quotes its setting names.
    const first = g.alt<SqlToken>(1, [{ ALT: () => g.eat(2, ColId) }, { ALT: () => g.eat(3, T.String) }])
    let name = first.value
    g.loop(4, () => {
      g.eat(5, T.Dot)
      name += `.${g.eat(6, ColLabel).value}`
    })
    return name
  })

  r.setValue = g.rule('setValue', (): OptionValue[] | 'DEFAULT' =>
    g.alt<OptionValue[] | 'DEFAULT'>(1, [
      { ALT: () => g.eat(2, T.DEFAULT) && 'DEFAULT' },
      { ALT: () => g.list(0, () => g.sub(3, r.settingValue)), IGNORE_AMBIGUITIES: true },
    ]),
  )

  r.settingValue = g.rule('settingValue', (): OptionValue => {
    const start = g.mark()
    return g.alt<OptionValue>(1, [
      { ALT: () => ({ kind: 'optionString', value: g.eat(2, T.String).value, span: g.span(start) }) },
      { ALT: () => ({ kind: 'optionNumber', text: g.sub(3, r.signedNumber), span: g.span(start) }) },
      {
        GATE: () => g.peek(2) === T.String,
        ALT: () => {
          g.eat(4, T.INTERVAL)
          const value = g.eat(5, T.String).value
          const fields = g.optIf(
            6,
            () => r.isUnit(g.token(1)),
            () => {
              let unit = g.eat(7, ColId).value?.toUpperCase()
              g.opt(8, () => g.eat(9, T.TO) && (unit += ` TO ${g.eat(10, ColId).value?.toUpperCase()}`))
              return unit
            },
          )
          return { kind: 'optionInterval', value, ...(fields && { fields }), span: g.span(start) }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        ALT: () => {
          const token = g.eat(11, ColLabel)
          let word = token.value
          g.loop(12, () => (word += ` ${g.eat(13, ColLabel).value}`))
          return { kind: 'optionWord', word, quoted: token.quoted, span: g.span(start) }
        },
        IGNORE_AMBIGUITIES: true,
      },
    ])
  })

  r.reset = g.rule('reset', (): Reset => {
    const s = g.mark()
    g.eat(1, T.RESET)
    const name = g.alt<string>(2, [
      { ALT: () => g.eat(3, T.ALL) && 'ALL' },
      {
        GATE: () => g.peek(2) === T.ZONE,
        ALT: () => g.words(4, T.TIME, T.ZONE) && 'timezone',
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: () => g.peek(2) === T.AUTHORIZATION,
        ALT: () => g.words(5, T.SESSION, T.AUTHORIZATION) && 'session_authorization',
        IGNORE_AMBIGUITIES: true,
      },
      { ALT: () => g.sub(6, r.settingName) },
    ])
    return { kind: 'reset', name, span: g.span(s) }
  })
}
