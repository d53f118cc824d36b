// DROP, COMMENT and GRANT: statements over objects of any kind.
import type { Name, TypeName } from './ast-base.ts'
import type { CommentOn, Drop, ObjectType } from './ast-ddl.ts'
import type { Grant } from './ast-statement.ts'
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import { ColLabel, T } from './tokens.ts'

export function objectRules(g: SqlParser, r: Rules) {
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
