// DROP, ALTER, COMMENT, GRANT.
import type { Ident, Name, TypeName, WithOption } from './ast-base.ts'
import type { Alter, AlterAction, CommentOn, Drop, ObjectType } from './ast-ddl.ts'
import type { Grant } from './ast-statement.ts'
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import { ColId, ColLabel, T } from './tokens.ts'

export function alterRules(g: SqlParser, r: Rules) {
  r.objectType = g.rule(
    'objectType',
    (): ObjectType =>
      g.alt<ObjectType>(1, [
        { ALT: () => g.eat(2, T.TABLE) && 'TABLE' },
        { ALT: () => g.eat(3, T.STREAM) && 'STREAM' },
        { ALT: () => g.eat(4, T.SOURCE) && 'SOURCE' },
        { ALT: () => g.eat(5, T.VIEW) && 'VIEW' },
        { ALT: () => g.words(6, T.MATERIALIZED, T.VIEW) && 'MATERIALIZED VIEW' },
        { ALT: () => g.eat(7, T.INDEX) && 'INDEX' },
        { ALT: () => g.eat(8, T.SINK) && 'SINK' },
        { ALT: () => g.eat(9, T.SUBSCRIPTION) && 'SUBSCRIPTION' },
        { ALT: () => g.eat(10, T.CONNECTION) && 'CONNECTION' },
        { ALT: () => g.eat(11, T.SECRET) && 'SECRET' },
        { ALT: () => g.eat(12, T.SCHEMA) && 'SCHEMA' },
        { ALT: () => g.eat(13, T.DATABASE) && 'DATABASE' },
        { ALT: () => g.eat(14, T.TYPE) && 'TYPE' },
        { ALT: () => g.eat(15, T.DOMAIN) && 'DOMAIN' },
        { ALT: () => g.eat(16, T.FUNCTION) && 'FUNCTION' },
        { ALT: () => g.eat(17, T.PROCEDURE) && 'PROCEDURE' },
        { ALT: () => g.eat(18, T.AGGREGATE) && 'AGGREGATE' },
        { ALT: () => g.eat(19, T.ROUTINE) && 'ROUTINE' },
        { ALT: () => g.eat(20, T.SEQUENCE) && 'SEQUENCE' },
        { ALT: () => g.eat(21, T.ROLE) && 'ROLE' },
        { ALT: () => g.eat(22, T.USER) && 'USER' },
        { ALT: () => g.eat(23, T.CLUSTER) && 'CLUSTER' },
        { ALT: () => g.eat(24, T.EXTENSION) && 'EXTENSION' },
        { ALT: () => g.eat(25, T.COLUMN) && 'COLUMN' },
        { ALT: () => g.eat(26, T.CONSTRAINT) && 'CONSTRAINT' },
        { ALT: () => g.eat(27, T.TRIGGER) && 'TRIGGER' },
        { ALT: () => g.eat(28, T.RULE) && 'RULE' },
        { ALT: () => g.eat(29, T.POLICY) && 'POLICY' },
        { ALT: () => g.eat(30, T.COLLATION) && 'COLLATION' },
        { ALT: () => g.words(31, T.FOREIGN, T.TABLE) && 'FOREIGN TABLE' },
        { ALT: () => g.eat(32, T.LANGUAGE) && 'LANGUAGE' },
      ]),
  )

  r.behavior = g.rule('behavior', (): 'CASCADE' | 'RESTRICT' | undefined =>
    g.opt(1, () =>
      g.alt<'CASCADE' | 'RESTRICT'>(2, [
        { ALT: () => g.eat(3, T.CASCADE) && 'CASCADE' },
        { ALT: () => g.eat(4, T.RESTRICT) && 'RESTRICT' },
      ]),
    ),
  )

  r.signature = g.rule('signature', (): TypeName[] => g.sub(1, r.functionParameters)?.map?.((p) => p.type))

  r.drop = g.rule('drop', (): Drop => {
    const start = g.mark()
    g.eat(1, T.DROP)
    const object = g.sub(2, r.objectType)
    const concurrently = g.flag(3, T.CONCURRENTLY)
    const ifExists = g.sub(4, r.ifExists)
    const signatures: Drop['signatures'] = []
    const names: Name[] = g.list(0, () => {
      const name = g.sub(5, r.name)
      signatures.push(g.opt(6, () => g.sub(7, r.signature)))
      return name
    })
    const on = g.opt(8, () => g.eat(9, T.ON) && g.sub(10, r.name))
    const behavior = g.sub(11, r.behavior)
    const deleteTopic = g.flag(12, T.DELETE, T.TOPIC)
    return {
      kind: 'drop',
      object,
      ifExists,
      ...(concurrently && { concurrently }),
      names,
      signatures,
      ...(on && { on }),
      ...(behavior && { behavior }),
      ...(deleteTopic && { deleteTopic }),
      span: g.span(start),
    }
  })

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
        ALT: () => (
          g.words(2, T.OWNER, T.TO), { kind: 'ownerTo', role: g.ident(g.sub(3, r.roleToken)), span: g.span(s) }
        ),
      },
      { ALT: () => g.words(4, T.SWAP, T.WITH) && { kind: 'swapWith', name: g.sub(5, r.name), span: g.span(s) } },
      {
        ALT: () => {
          g.eat(6, T.RESET)
          return { kind: 'resetOptions', options: g.sub(7, r.options), span: g.span(s) }
        },
      },
      { ALT: () => (g.eat(8, T.SKIP), g.sub(9, r.wordErrors), { kind: 'skipErrors', span: g.span(s) }) },
      { ALT: () => g.eat(10, T.REFRESH) && { kind: 'refresh', what: g.sub(11, r.upperWords), span: g.span(s) } },
      {
        ALT: () => (
          g.words(12, T.VALIDATE, T.CONSTRAINT),
          { kind: 'validateConstraint', constraint: g.ident(g.eat(13, ColId)), span: g.span(s) }
        ),
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
      { ALT: () => ({ kind: 'setOptions', options: g.sub(5, r.options), parens: true, span: g.span(s) }) },
      { ALT: () => ({ kind: 'setOptions', options: [g.sub(6, r.settingOption)], parens: false, span: g.span(s) }) },
    ])
  })

  r.alterAdd = g.rule('alterAdd', (): AlterAction => {
    const s = g.mark()
    g.eat(1, T.ADD)
    return g.alt<AlterAction>(2, [
      { ALT: () => ({ kind: 'addConstraint', constraint: g.sub(3, r.tableConstraint), span: g.span(s) }) },
      {
        GATE: () => g.peek(2) === T.FOR,
        ALT: () => ({ kind: 'addWatermark', watermark: g.sub(4, r.watermark), span: g.span(s) }),
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: () => g.peek(2) === T.String || g.peek(2) === T.IF,
        ALT: () => {
          g.eat(5, T.VALUE)
          const ifNotExists = g.sub(6, r.ifNotExists)
          const value = g.eat(7, T.String).value
          const place = g.opt(8, () =>
            g.alt<object>(9, [
              { ALT: () => g.eat(10, T.BEFORE) && { before: g.eat(11, T.String).value } },
              { ALT: () => g.eat(12, T.AFTER) && { after: g.eat(13, T.String).value } },
            ]),
          )
          return { kind: 'addValue', ...(ifNotExists && { ifNotExists }), value, ...place, span: g.span(s) }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        ALT: () => {
          g.flag(14, T.COLUMN)
          const ifNotExists = g.sub(15, r.ifNotExists)
          const column = g.sub(16, r.columnDef)
          return { kind: 'addColumn', ...(ifNotExists && { ifNotExists }), column, span: g.span(s) }
        },
      },
    ])
  })

  r.alterDrop = g.rule('alterDrop', (): AlterAction => {
    const s = g.mark()
    g.eat(1, T.DROP)
    return g.alt<AlterAction>(2, [
      {
        ALT: () => {
          g.eat(3, T.CONSTRAINT)
          const ifExists = g.sub(4, r.ifExists)
          const constraint = g.ident(g.eat(5, ColId))
          const behavior = g.sub(6, r.behavior)
          return {
            kind: 'dropConstraint',
            ...(ifExists && { ifExists }),
            constraint,
            ...(behavior && { behavior }),
            span: g.span(s),
          }
        },
      },
      { ALT: () => g.eat(7, T.WATERMARK) && { kind: 'dropWatermark', span: g.span(s) }, IGNORE_AMBIGUITIES: true },
      {
        ALT: () => {
          g.flag(8, T.COLUMN)
          const ifExists = g.sub(9, r.ifExists)
          const column = g.ident(g.eat(10, ColId))
          const behavior = g.sub(11, r.behavior)
          return {
            kind: 'dropColumn',
            ...(ifExists && { ifExists }),
            column,
            ...(behavior && { behavior }),
            span: g.span(s),
          }
        },
      },
    ])
  })

  r.alterColumn = g.rule('alterColumn', (): AlterAction => {
    const s = g.mark()
    g.eat(1, T.ALTER)
    g.flag(2, T.COLUMN)
    const column: Ident = g.ident(g.eat(3, ColId))
    return g.alt<AlterAction>(4, [
      {
        ALT: () => {
          g.eat(5, T.SET)
          return g.alt<AlterAction>(6, [
            {
              ALT: () => (
                g.eat(7, T.DEFAULT), { kind: 'setDefault', column, expr: g.sub(8, r.expr, 0), span: g.span(s) }
              ),
            },
            { ALT: () => g.words(9, T.NOT, T.NULL) && { kind: 'setNotNull', column, span: g.span(s) } },
            { ALT: () => g.eat(10, T.DATA) && g.sub(11, r.columnTypeChange, column, s) },
          ])
        },
      },
      {
        ALT: () => {
          g.eat(12, T.DROP)
          return g.alt<AlterAction>(13, [
            { ALT: () => g.eat(14, T.DEFAULT) && { kind: 'dropDefault', column, span: g.span(s) } },
            { ALT: () => g.words(15, T.NOT, T.NULL) && { kind: 'dropNotNull', column, span: g.span(s) } },
          ])
        },
      },
      { ALT: () => g.sub(16, r.columnTypeChange, column, s) },
    ])
  })
  r.columnTypeChange = g.rule('columnTypeChange', (column: Ident, start: number): AlterAction => {
    g.eat(1, T.TYPE)
    const type = g.sub(2, r.typeName)
    const collation = g.opt(3, () => g.eat(4, T.COLLATE) && g.sub(5, r.name))
    const using = g.opt(6, () => g.eat(7, T.USING) && g.sub(8, r.expr, 0))
    return {
      kind: 'columnType',
      column,
      type,
      ...(collation && { collation }),
      ...(using && { using }),
      span: g.span(start),
    }
  })

  r.commentOn = g.rule('commentOn', (): CommentOn => {
    const start = g.mark()
    g.words(1, T.COMMENT, T.ON)
    const object = g.sub(2, r.objectType)
    const name = g.sub(3, r.name)
    const signature = g.opt(4, () => g.sub(5, r.signature))
    const on = g.opt(6, () => g.eat(7, T.ON) && g.sub(8, r.name))
    g.eat(9, T.IS)
    const comment = g.alt<string | null>(10, [
      { ALT: () => g.eat(11, T.String).value },
      { ALT: () => g.eat(12, T.NULL) && null },
    ])
    return {
      kind: 'commentOn',
      object,
      name,
      ...(signature && { signature }),
      ...(on && { on }),
      comment,
      span: g.span(start),
    }
  })

  r.grant = g.rule('grant', (): Grant => {
    const start = g.mark()
    let withOption = false as boolean
    const revoke = g.alt<boolean>(1, [
      { ALT: () => g.eat(2, T.GRANT) && false },
      { ALT: () => g.eat(3, T.REVOKE) && true },
    ])
    g.optIf(
      4,
      () => g.peek(2) === T.OPTION,
      () => {
        g.alt(5, [{ ALT: () => g.eat(6, T.GRANT) }, { ALT: () => g.eat(7, T.ADMIN) }])
        g.words(8, T.OPTION, T.FOR)
        withOption = true
      },
    )
    const privileges = g.list(0, () => {
      const words: string[] = []
      g.someIf(
        9,
        () => g.peek(1) !== T.ON && g.peek(1) !== T.TO && g.peek(1) !== T.FROM,
        () => void words.push(g.eat(10, ColLabel).value?.toUpperCase()),
      )
      return { privilege: words.join(' '), columns: g.opt(11, () => g.sub(12, r.columnList)) ?? [] }
    })
    let objectType: string | undefined
    let objects: Name[] = []
    g.opt(13, () => {
      g.eat(14, T.ON)
      const type = g.sub(15, r.grantObject)
      objectType = type
      objects = g.list(1, () => {
        const name = g.sub(16, r.name)
        g.opt(17, () => g.sub(18, r.signature))
        return name
      })
    })
    g.alt(19, [{ ALT: () => g.eat(20, T.TO) }, { ALT: () => g.eat(21, T.FROM) }])
    const grantees = g.list(2, () => {
      g.flag(22, T.GROUP)
      return g.ident(g.sub(23, r.roleToken))
    })
    g.opt(24, () => {
      g.eat(25, T.WITH)
      g.alt(26, [{ ALT: () => g.eat(27, T.GRANT) }, { ALT: () => g.eat(28, T.ADMIN) }])
      g.eat(29, T.OPTION)
      withOption = true
    })
    const grantedBy = g.opt(30, () => g.words(31, T.GRANTED, T.BY) && g.ident(g.sub(32, r.roleToken)))
    const behavior = g.sub(33, r.behavior)
    return {
      kind: 'grant',
      revoke,
      privileges,
      ...(objectType !== undefined && { objectType }),
      objects,
      grantees,
      ...(withOption && { withOption }),
      ...(grantedBy && { grantedBy }),
      ...(behavior && { behavior }),
      span: g.span(start),
    }
  })
  /** `TABLE`, `ALL TABLES IN SCHEMA`, … or nothing, which is a table. */
  r.grantObject = g.rule('grantObject', (): string => {
    const words: string[] = []
    if (g.flag(1, T.ALL)) words.push('ALL')
    g.loopIf(
      2,
      () =>
        g.peek(2) !== T.Comma &&
        g.peek(2) !== T.TO &&
        g.peek(2) !== T.FROM &&
        g.peek(2) !== T.Dot &&
        g.peek(2) !== T.LParen,
      () => void words.push(g.eat(3, ColLabel).value?.toUpperCase()),
    )
    return words.join(' ') || 'TABLE'
  })
}
