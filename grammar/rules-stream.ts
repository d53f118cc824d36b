// SUBSCRIBE and the statements of streaming dialects.
import type { Expr } from './ast.ts'
import type { Assert, Statement, Subscribe } from './ast-statement.ts'
import type { SqlParser } from './parser.ts'
import { is } from './retag.ts'
import type { Rules } from './rules.ts'
import { ColId, ColLabel, T } from './tokens.ts'

export function streamRules(g: SqlParser, r: Rules) {
  r.subscribe = g.rule('subscribe', (): Subscribe => {
    const s = g.mark()
    g.eat(1, T.SUBSCRIBE)
    g.flag(2, T.TO)
    const subscribe: Subscribe = { kind: 'subscribe', withinTimestampOrderBy: [], with: [], span: g.span(s) }
    g.alt<unknown>(3, [
      {
        ALT: () => {
          g.eat(4, T.LParen)
          subscribe.query = g.sub(5, r.query)
          g.eat(6, T.RParen)
        },
      },
      { ALT: () => (subscribe.query = g.sub(7, r.query)), IGNORE_AMBIGUITIES: true },
      { ALT: () => (subscribe.name = g.sub(8, r.name)), IGNORE_AMBIGUITIES: true },
    ])
    g.loop(9, () =>
      g.alt<unknown>(10, [
        {
          ALT: () => {
            g.eat(11, T.ENVELOPE)
            const type = g.alt<'UPSERT' | 'DEBEZIUM'>(12, [
              { ALT: () => g.eat(13, T.UPSERT) && 'UPSERT' },
              { ALT: () => g.eat(14, T.DEBEZIUM) && 'DEBEZIUM' },
            ])
            g.words(15, T.LParen, T.KEY)
            const key = g.sub(16, r.columnList)
            g.eat(17, T.RParen)
            subscribe.envelope = { type, key }
          },
        },
        {
          ALT: () => {
            g.words(18, T.WITHIN, T.TIMESTAMP)
            subscribe.withinTimestampOrderBy = g.sub(19, r.orderBy)
          },
        },
        { ALT: () => g.eat(20, T.WITH) && (subscribe.with = g.sub(21, r.options)) },
        { ALT: () => (subscribe.asOf = g.sub(22, r.asOf)) },
        { ALT: () => g.words(23, T.UP, T.TO) && (subscribe.upTo = g.sub(24, r.expr, 0)) },
      ]),
    )
    // `SUBSCRIBE (SELECT …) AS OF t`: without parentheses the query has taken the clause.
    if (subscribe.query?.asOf && !subscribe.asOf && !g.recording) {
      subscribe.asOf = subscribe.query.asOf
      delete subscribe.query.asOf
    }
    subscribe.span = g.span(s)
    return subscribe
  })

  r.advance = g.rule('advance', (): Statement => {
    const s = g.mark()
    g.eat(1, T.ADVANCE)
    const amount = () => g.sub(2, r.advanceAmount)
    return g.alt<Statement>(3, [
      { ALT: () => g.eat(4, T.CLOCK) && { kind: 'advance', what: 'CLOCK', ...amount(), span: g.span(s) } },
      {
        ALT: () => {
          g.eat(5, T.WATERMARK)
          const of = g.opt(6, () => {
            g.alt(7, [{ ALT: () => g.eat(8, T.OF) }, { ALT: () => g.eat(9, T.FOR) }])
            return g.sub(10, r.name)
          })
          return {
            kind: 'advance',
            what: 'WATERMARK',
            ...(of && { of }),
            ...g.sub(11, r.advanceAmount),
            span: g.span(s),
          }
        },
      },
    ])
  })

  r.advanceAmount = g.rule('advanceAmount', (): { by?: boolean; amount: Expr } => {
    const by = g.alt(1, [{ ALT: () => g.eat(2, T.TO) && false }, { ALT: () => g.eat(3, T.BY) && true }])
    return { ...(by && { by }), amount: g.sub(4, r.expr, 0) }
  })

  r.mergeLate = g.rule('mergeLate', (): Statement => {
    const s = g.mark()
    g.words(1, T.MERGE, T.LATE, T.INTO)
    const into = g.sub(2, r.name)
    g.eat(3, T.FROM)
    const from = g.sub(4, r.name)
    const where = g.opt(5, () => g.eat(6, T.WHERE) && g.sub(7, r.expr, 0))
    return { kind: 'mergeLate', into, from, ...(where && { where }), span: g.span(s) }
  })

  r.lateness = g.rule('lateness', (): Statement => {
    const s = g.mark()
    g.eat(1, T.LATENESS)
    const column = g.sub(2, r.name)
    return { kind: 'latenessOf', column, delay: g.sub(3, r.expr, 0), span: g.span(s) }
  })

  r.ksql = g.rule('ksql', (): Statement => {
    const s = g.mark()
    return g.alt<Statement>(1, [
      { ALT: () => g.sub(2, r.control) },
      {
        ALT: () => {
          g.eat(3, T.PRINT)
          const topic = g.alt(4, [
            { ALT: () => g.sub(5, r.name) },
            {
              ALT: () => {
                const token = g.eat(6, T.String)
                return { kind: 'name' as const, parts: [{ ...g.ident(token), quoted: true }], span: g.tokenSpan(token) }
              },
            },
          ])
          const fromBeginning = g.opt(7, () => g.eat(8, T.FROM) && g.eat(9, ColLabel)) !== undefined
          const interval = g.opt(10, () => g.eat(11, T.INTERVAL) && Number(g.eat(12, T.Number).value))
          const limit = g.opt(13, () => g.eat(14, T.LIMIT) && Number(g.eat(15, T.Number).value))
          return {
            kind: 'print',
            topic,
            fromBeginning,
            ...(interval !== undefined && { interval }),
            ...(limit !== undefined && { limit }),
            span: g.span(s),
          }
        },
      },
      {
        ALT: () => {
          g.eat(16, T.DEFINE)
          const name = g.ident(g.eat(17, ColId))
          g.eat(18, T.Eq)
          return { kind: 'define', name, value: g.eat(19, T.String).value, span: g.span(s) }
        },
      },
      { ALT: () => g.eat(20, T.UNDEFINE) && { kind: 'define', name: g.ident(g.eat(21, ColId)), span: g.span(s) } },
      {
        ALT: () => {
          g.eat(22, T.ASSERT)
          const notExists = g.flag(23, T.NOT, T.EXISTS)
          const what = g.alt<Assert['what']>(24, [
            { ALT: () => g.eat(25, T.TOPIC) && 'TOPIC' },
            { ALT: () => g.eat(26, T.SCHEMA) && 'SCHEMA' },
            { ALT: () => g.eat(27, T.STREAM) && 'STREAM' },
            { ALT: () => g.eat(28, T.TABLE) && 'TABLE' },
          ])
          const name = g.opt(29, () => g.sub(30, r.name))
          const options = g.sub(31, r.withOptions)
          const timeout = g.opt(32, () => g.eat(33, T.TIMEOUT) && g.sub(34, r.bareInterval))
          return {
            kind: 'assert',
            notExists,
            what,
            ...(name && { name }),
            options,
            ...(timeout && { timeout }),
            span: g.span(s),
          }
        },
      },
    ])
  })

  r.control = g.rule('control', (): Statement => {
    const s = g.mark()
    const action = g.alt<'PAUSE' | 'RESUME' | 'TERMINATE'>(1, [
      { ALT: () => g.eat(2, T.PAUSE) && 'PAUSE' },
      { ALT: () => g.eat(3, T.RESUME) && 'RESUME' },
      { ALT: () => g.eat(4, T.TERMINATE) && 'TERMINATE' },
    ])
    const object = g.optIf(
      5,
      () => is(g.peek(2), ColId),
      () => g.sub(6, r.objectType),
    )
    const all = g.flag(7, T.ALL)
    const name = g.opt(8, () => g.sub(9, r.name))
    return {
      kind: 'control',
      action,
      ...(object && { object }),
      ...(name && { name }),
      ...(all && { all }),
      span: g.span(s),
    }
  })
}
