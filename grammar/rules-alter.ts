// ALTER of every object; what changes in a table is in a file of its own.
import type { WithOption } from './ast-base.ts'
import type { Alter, AlterAction } from './ast-ddl.ts'
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import { ColId, ColLabel, T } from './tokens.ts'

export function alterRules(g: SqlParser, r: Rules) {
  r.alter = g.rule('alter', (): Alter => {
    const start = g.mark()
    g.eat(1, T.ALTER)
    return g.alt<Alter>(2, [
      {
        ALT: () => {
          g.words(3, T.SYSTEM)
          const from = g.mark()
          const word = g.alt<string>(4, [
            { ALT: () => g.eat(5, T.SET) && 'set' },
            { ALT: () => g.eat(6, T.RESET) && 'reset' },
          ])
          const option = g.sub(7, r.settingOption)
          const action: AlterAction =
            word === 'set'
              ? { kind: 'setOptions', options: [option], parens: false, span: g.span(from) }
              : { kind: 'resetOptions', options: [option], span: g.span(from) }
          return {
            kind: 'alter',
            object: 'SYSTEM',
            name: { kind: 'name', parts: [], span: g.span(start) },
            actions: [action],
            span: g.span(start),
          }
        },
      },
      {
        ALT: () => {
          const object = g.sub(8, r.objectType)
          const ifExists = g.sub(9, r.ifExists)
          const only = g.flag(10, T.ONLY)
          const name = g.sub(11, r.name)
          g.flag(12, T.Star)
          const signature = g.opt(13, () => g.sub(14, r.signature))
          const actions = g.list(0, () => g.sub(15, r.alterAction))
          return {
            kind: 'alter',
            object,
            ...(ifExists && { ifExists }),
            ...(only && { only }),
            name,
            ...(signature && { signature }),
            actions,
            span: g.span(start),
          }
        },
      },
    ])
  })

  /** `x = 1`, `x TO 1`, `PARALLELISM TO ADAPTIVE`, `CLUSTER c`. */
  r.settingOption = g.rule('settingOption', (): WithOption => {
    const start = g.mark()
    let name = g.eat(1, ColLabel).value
    g.loop(2, () => {
      g.eat(3, T.Dot)
      name += `.${g.eat(4, ColLabel).value}`
    })
    const value = g.opt(5, () => {
      g.opt(6, () => g.alt(7, [{ ALT: () => g.eat(8, T.Eq) }, { ALT: () => g.eat(9, T.TO) }]))
      return g.sub(10, r.settingValue)
    })
    return { kind: 'option', name, quoted: false, ...(value && { value }), span: g.span(start) }
  })

  r.alterAction = g.rule('alterAction', (): AlterAction => {
    return g.alt<AlterAction>(1, [
      { ALT: () => g.sub(2, r.alterRename) },
      { ALT: () => g.sub(3, r.alterSet) },
      { ALT: () => g.sub(4, r.alterAdd) },
      { ALT: () => g.sub(5, r.alterDrop) },
      { ALT: () => g.sub(6, r.alterColumn) },
      { ALT: () => g.sub(7, r.alterSmall) },
    ])
  })

  r.alterSmall = g.rule('alterSmall', (): AlterAction => {
    const s = g.mark()
    return g.alt<AlterAction>(1, [
      {
        ALT: () => {
          g.words(2, T.OWNER, T.TO)
          return { kind: 'ownerTo', role: g.ident(g.sub(3, r.roleToken)), span: g.span(s) }
        },
      },
      { ALT: () => g.words(4, T.SWAP, T.WITH) && { kind: 'swapWith', name: g.sub(5, r.name), span: g.span(s) } },
      {
        ALT: () => {
          g.eat(6, T.RESET)
          return { kind: 'resetOptions', options: g.sub(7, r.options), span: g.span(s) }
        },
      },
      {
        ALT: () => {
          g.eat(8, T.SKIP)
          g.sub(9, r.wordErrors)
          return { kind: 'skipErrors', span: g.span(s) }
        },
      },
      { ALT: () => g.eat(17, T.REPLAN) && { kind: 'replan', span: g.span(s) } },
      { ALT: () => g.eat(10, T.REFRESH) && { kind: 'refresh', what: g.sub(11, r.upperWords), span: g.span(s) } },
      {
        ALT: () => {
          g.words(12, T.VALIDATE, T.CONSTRAINT)
          return { kind: 'validateConstraint', constraint: g.ident(g.eat(13, ColId)), span: g.span(s) }
        },
      },
      {
        GATE: () => g.peek(2) === T.SELECT || g.peek(2) === T.WITH || g.peek(2) === T.VALUES,
        ALT: () => g.eat(14, T.AS) && { kind: 'asQuery', query: g.sub(15, r.query), span: g.span(s) },
        IGNORE_AMBIGUITIES: true,
      },
      { ALT: () => ({ kind: 'sequenceOptions', options: g.sub(16, r.someSequenceOptions), span: g.span(s) }) },
    ])
  })

  r.someSequenceOptions = g.rule('someSequenceOptions', () => {
    const options: import('./ast-table.ts').SequenceOption[] = []
    g.some(1, () => void options.push(g.sub(2, r.sequenceOption)))
    return options
  })

  r.wordErrors = g.rule('wordErrors', (): void => {
    if (!g.recording && g.token(1).value !== 'errors') g.fail()
    g.eat(1, ColLabel)
  })

  r.upperWords = g.rule('upperWords', (): string => {
    const words: string[] = []
    g.some(1, () => void words.push(g.eat(2, ColLabel).value?.toUpperCase()))
    return words.join(' ')
  })

  r.roleToken = g.rule('roleToken', () =>
    g.alt(1, [
      { ALT: () => g.eat(2, T.CURRENT_USER) },
      { ALT: () => g.eat(3, T.SESSION_USER) },
      { ALT: () => g.eat(4, T.CURRENT_ROLE) },
      { ALT: () => g.eat(5, ColId) },
    ]),
  )

  r.alterRename = g.rule('alterRename', (): AlterAction => {
    const s = g.mark()
    g.eat(1, T.RENAME)
    return g.alt<AlterAction>(2, [
      { ALT: () => g.eat(3, T.TO) && { kind: 'renameTo', name: g.ident(g.eat(4, ColId)), span: g.span(s) } },
      {
        ALT: () => {
          g.eat(5, T.CONSTRAINT)
          const constraint = g.ident(g.eat(6, ColId))
          g.eat(7, T.TO)
          return { kind: 'renameConstraint', constraint, name: g.ident(g.eat(8, ColId)), span: g.span(s) }
        },
      },
      {
        GATE: () => g.peek(2) === T.String,
        ALT: () => {
          g.eat(9, T.VALUE)
          const from = g.eat(10, T.String).value
          g.eat(11, T.TO)
          return { kind: 'renameValue', from, to: g.eat(12, T.String).value, span: g.span(s) }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        ALT: () => {
          g.flag(13, T.COLUMN)
          const column = g.ident(g.eat(14, ColId))
          g.eat(15, T.TO)
          return { kind: 'renameColumn', column, name: g.ident(g.eat(16, ColId)), span: g.span(s) }
        },
      },
    ])
  })

  r.alterSet = g.rule('alterSet', (): AlterAction => {
    const s = g.mark()
    g.eat(1, T.SET)
    return g.alt<AlterAction>(2, [
      {
        GATE: () => g.peek(2) !== T.Eq && g.peek(2) !== T.TO,
        ALT: () => g.eat(3, T.SCHEMA) && { kind: 'setSchema', schema: g.ident(g.eat(4, ColId)), span: g.span(s) },
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: () => g.peek(2) !== T.Eq && g.peek(2) !== T.TO,
        ALT: () => g.eat(7, T.DEFAULT) && { kind: 'setDomainDefault', expr: g.sub(8, r.expr, 0), span: g.span(s) },
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: () => g.peek(2) === T.NULL,
        ALT: () => g.words(9, T.NOT, T.NULL) && { kind: 'setDomainNotNull', notNull: true, span: g.span(s) },
        IGNORE_AMBIGUITIES: true,
      },
      { ALT: () => ({ kind: 'setOptions', options: g.sub(5, r.options), parens: true, span: g.span(s) }) },
      { ALT: () => ({ kind: 'setOptions', options: [g.sub(6, r.settingOption)], parens: false, span: g.span(s) }) },
    ])
  })
}
