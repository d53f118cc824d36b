// SUBSCRIBE, cursors, COPY, EXPLAIN and the statements of streaming dialects.
import type { Expr } from './ast.ts'
import type { Ident, WithOption } from './ast-base.ts'
import type { DeclareRecursiveView } from './ast-ddl.ts'
import type {
  Assert,
  Copy,
  DeclareCursor,
  DeclareSubscriptionCursor,
  Explain,
  Fetch,
  FetchDirection,
  Statement,
  Subscribe,
} from './ast-statement.ts'
import type { SqlParser } from './parser.ts'
import { is } from './retag.ts'
import type { Rules } from './rules.ts'
import type { SqlToken } from './token.ts'
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

  r.declare = g.rule('declare', (): DeclareCursor | DeclareSubscriptionCursor | DeclareRecursiveView => {
    const s = g.mark()
    g.eat(1, T.DECLARE)
    return g.alt<DeclareCursor | DeclareSubscriptionCursor | DeclareRecursiveView>(2, [
      {
        GATE: () => g.peek(2) === T.VIEW,
        ALT: () => {
          g.words(3, T.RECURSIVE, T.VIEW)
          const name = g.sub(4, r.name)
          return { kind: 'declareRecursiveView', name, elements: g.sub(5, r.tableElements), span: g.span(s) }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: () => g.peek(2) === T.SUBSCRIPTION,
        ALT: () => g.sub(6, r.declareSubscription, s),
        IGNORE_AMBIGUITIES: true,
      },
      { ALT: () => g.sub(7, r.declareCursor, s) },
    ])
  })

  r.declareSubscription = g.rule('declareSubscription', (s: number): DeclareSubscriptionCursor => {
    const cursor: DeclareSubscriptionCursor = {
      kind: 'declareSubscriptionCursor',
      name: g.ident(g.eat(1, ColId)),
      span: g.span(s),
    }
    g.words(2, T.SUBSCRIPTION, T.CURSOR, T.FOR)
    g.alt<unknown>(3, [
      { ALT: () => (cursor.subscription = g.sub(4, r.name)), IGNORE_AMBIGUITIES: true },
      { ALT: () => (cursor.query = g.sub(5, r.query)), IGNORE_AMBIGUITIES: true },
    ])
    g.opt(6, () =>
      g.alt<unknown>(7, [
        { ALT: () => g.eat(8, T.SINCE) && (cursor.since = g.sub(9, r.sinceExpr)) },
        { ALT: () => g.eat(10, T.FULL) && (cursor.full = true) },
      ]),
    )
    cursor.span = g.span(s)
    return cursor
  })
  /** `begin()` is a call, although BEGIN begins statements. */
  r.sinceExpr = g.rule('sinceExpr', (): Expr => g.sub(1, r.expr, 0))

  r.declareCursor = g.rule('declareCursor', (s: number): DeclareCursor => {
    const name: Ident = g.ident(g.eat(1, ColId))
    const options: Partial<DeclareCursor> = {}
    g.loop(2, () =>
      g.alt<unknown>(3, [
        { ALT: () => g.eat(4, T.BINARY) && (options.binary = true) },
        { ALT: () => g.eat(5, T.INSENSITIVE) && (options.sensitivity = 'INSENSITIVE') },
        { ALT: () => g.eat(6, T.ASENSITIVE) && (options.sensitivity = 'ASENSITIVE') },
        { ALT: () => g.eat(7, T.SCROLL) && (options.scroll = true) },
        { ALT: () => g.words(8, T.NO, T.SCROLL) && (options.scroll = false) },
      ]),
    )
    g.eat(9, T.CURSOR)
    g.opt(10, () => {
      options.hold = g.alt(11, [{ ALT: () => g.eat(12, T.WITH) && true }, { ALT: () => g.eat(13, T.WITHOUT) && false }])
      g.eat(14, T.HOLD)
    })
    g.eat(15, T.FOR)
    const query = g.alt<DeclareCursor['query']>(16, [
      { ALT: () => g.sub(17, r.subscribe) },
      { ALT: () => g.sub(18, r.query) },
    ])
    return { kind: 'declareCursor', name, ...options, query, span: g.span(s) }
  })

  r.fetch = g.rule('fetch', (): Fetch => {
    const s = g.mark()
    const move = g.alt(1, [{ ALT: () => g.eat(2, T.FETCH) && false }, { ALT: () => g.eat(3, T.MOVE) && true }])
    const fetch: Fetch = { kind: 'fetch', move, cursor: g.emptyIdent(), with: [], span: g.span(s) }
    // A direction word is the cursor's own name where nothing follows it.
    g.optIf(
      4,
      () =>
        g.peek(1) === T.ALL ||
        g.peek(1) === T.FROM ||
        g.peek(1) === T.IN ||
        is(g.peek(2), ColLabel) ||
        g.peek(2) === T.Number ||
        g.peek(2) === T.Minus ||
        g.peek(1) === T.Number ||
        g.peek(1) === T.Minus,
      () => g.sub(5, r.fetchDirection, fetch),
    )
    g.opt(6, () => g.alt(7, [{ ALT: () => g.eat(8, T.FROM) }, { ALT: () => g.eat(9, T.IN) }]))
    fetch.cursor = g.ident(g.eat(10, ColId))
    fetch.with = g.sub(11, r.withOptions)
    fetch.span = g.span(s)
    return fetch
  })
  r.fetchDirection = g.rule('fetchDirection', (fetch: Fetch): void => {
    const direction = (type: typeof T.NEXT): FetchDirection => type.name as FetchDirection
    g.alt<unknown>(1, [
      { ALT: () => g.eat(2, T.NEXT) && (fetch.direction = 'NEXT') },
      { ALT: () => g.eat(3, T.PRIOR) && (fetch.direction = 'PRIOR') },
      { ALT: () => g.eat(4, T.FIRST) && (fetch.direction = 'FIRST') },
      { ALT: () => g.eat(5, T.LAST) && (fetch.direction = 'LAST') },
      { ALT: () => g.eat(6, T.ALL) && (fetch.count = 'ALL') },
      { ALT: () => (fetch.count = Number(g.sub(7, r.signedNumber))) },
      {
        ALT: () => {
          fetch.direction = g.alt<FetchDirection>(8, [
            { ALT: () => direction(g.eat(9, T.ABSOLUTE).tokenType) },
            { ALT: () => direction(g.eat(10, T.RELATIVE).tokenType) },
          ])
          fetch.count = Number(g.sub(11, r.signedNumber))
        },
      },
      {
        ALT: () => {
          fetch.direction = g.alt<FetchDirection>(12, [
            { ALT: () => direction(g.eat(13, T.FORWARD).tokenType) },
            { ALT: () => direction(g.eat(14, T.BACKWARD).tokenType) },
          ])
          g.opt(15, () =>
            g.alt<unknown>(16, [
              { ALT: () => g.eat(17, T.ALL) && (fetch.count = 'ALL') },
              { ALT: () => (fetch.count = Number(g.sub(18, r.signedNumber))) },
            ]),
          )
        },
      },
    ])
  })

  r.close = g.rule('close', (): Statement => {
    const s = g.mark()
    g.eat(1, T.CLOSE)
    const name = g.alt<Ident | undefined>(2, [
      { ALT: () => g.eat(3, T.ALL) && undefined },
      { ALT: () => g.ident(g.eat(4, ColId)) },
    ])
    return { kind: 'close', ...(name && { name }), span: g.span(s) }
  })

  r.copy = g.rule('copy', (): Copy => {
    const s = g.mark()
    g.eat(1, T.COPY)
    const copy: Copy = {
      kind: 'copy',
      columns: [],
      direction: 'TO',
      target: { to: 'STDOUT' },
      options: [],
      span: g.span(s),
    }
    g.alt<unknown>(2, [
      {
        ALT: () => {
          g.eat(3, T.LParen)
          copy.query = g.alt<NonNullable<Copy['query']>>(4, [
            { ALT: () => g.sub(5, r.subscribe) },
            { ALT: () => g.sub(6, r.dmlOrQuery) },
          ])
          g.eat(7, T.RParen)
        },
      },
      {
        ALT: () => {
          copy.table = g.sub(8, r.name)
          copy.columns = g.opt(9, () => g.sub(10, r.columnList)) ?? []
        },
      },
    ])
    copy.direction = g.alt<Copy['direction']>(11, [
      { ALT: () => g.eat(12, T.FROM) && 'FROM' },
      { ALT: () => g.eat(13, T.TO) && 'TO' },
    ])
    copy.target = g.alt<Copy['target']>(14, [
      { ALT: () => g.eat(15, T.STDIN) && { to: 'STDIN' } },
      { ALT: () => g.eat(16, T.STDOUT) && { to: 'STDOUT' } },
      { ALT: () => ({ to: 'file', path: g.eat(17, T.String).value }) },
      { ALT: () => g.eat(18, T.PROGRAM) && { to: 'program', command: g.eat(19, T.String).value } },
    ])
    g.opt(20, () =>
      g.alt<unknown>(21, [
        {
          ALT: () => {
            g.eat(22, T.WITH)
            g.alt<unknown>(23, [
              { ALT: () => (copy.options = g.sub(24, r.options)) },
              { ALT: () => (copy.options = g.sub(25, r.oldCopyOptions)) },
            ])
          },
        },
        { ALT: () => (copy.options = g.sub(26, r.options)) },
        { ALT: () => (copy.options = g.sub(27, r.oldCopyOptions)) },
      ]),
    )
    g.opt(28, () => g.eat(29, T.WHERE) && (copy.where = g.sub(30, r.expr, 0)))
    copy.span = g.span(s)
    return copy
  })
  /** `CSV HEADER DELIMITER ','`, from before the parentheses. */
  r.oldCopyOptions = g.rule('oldCopyOptions', (): WithOption[] => {
    const options: WithOption[] = []
    g.some(1, () => {
      const s = g.mark()
      const text = (name: string, token: SqlToken): WithOption => ({
        kind: 'option',
        name,
        quoted: false,
        value: { kind: 'optionString', value: token.value, span: g.tokenSpan(token) },
        span: g.span(s),
      })
      const format = (word: string): WithOption => ({
        kind: 'option',
        name: 'format',
        quoted: false,
        value: { kind: 'optionWord', word, quoted: false, span: g.span(s) },
        span: g.span(s),
      })
      options.push(
        g.alt<WithOption>(2, [
          { ALT: () => g.eat(3, T.BINARY) && format('binary') },
          { ALT: () => g.eat(4, T.CSV) && format('csv') },
          { ALT: () => g.eat(5, T.HEADER) && { kind: 'option', name: 'header', quoted: false, span: g.span(s) } },
          { ALT: () => g.eat(6, T.FREEZE) && { kind: 'option', name: 'freeze', quoted: false, span: g.span(s) } },
          { ALT: () => (g.eat(7, T.DELIMITER), g.flag(8, T.AS), text('delimiter', g.eat(9, T.String))) },
          { ALT: () => (g.eat(10, T.NULL), g.flag(11, T.AS), text('null', g.eat(12, T.String))) },
          { ALT: () => (g.eat(13, T.QUOTE), g.flag(14, T.AS), text('quote', g.eat(15, T.String))) },
          { ALT: () => (g.eat(16, T.ESCAPE), g.flag(17, T.AS), text('escape', g.eat(18, T.String))) },
          { ALT: () => g.eat(19, T.ENCODING) && text('encoding', g.eat(20, T.String)) },
        ]),
      )
    })
    return options
  })

  r.explain = g.rule('explain', (): Explain => {
    const s = g.mark()
    g.eat(1, T.EXPLAIN)
    const explain: Explain = { kind: 'explain', options: [], with: [], span: g.span(s) }
    g.loop(2, () =>
      g.alt<unknown>(3, [
        { ALT: () => g.eat(4, T.ANALYZE) && (explain.analyze = true) },
        { ALT: () => g.eat(5, T.ANALYSE) && (explain.analyze = true) },
        { ALT: () => g.eat(6, T.VERBOSE) && (explain.verbose = true) },
      ]),
    )
    g.optIf(
      7,
      () => !g.queryAt(1),
      () => (explain.options = g.sub(8, r.options)),
    )
    g.alt<unknown>(9, [
      {
        ALT: () => {
          g.words(10, T.TIMESTAMP, T.FOR)
          explain.timestamp = true
          explain.statement = g.sub(11, r.statement)
        },
      },
      { ALT: () => g.sub(12, r.explainPlan, explain) },
      { ALT: () => g.sub(13, r.explainObject, explain) },
      { ALT: () => (explain.statement = g.sub(14, r.statement)) },
    ])
    explain.span = g.span(s)
    return explain
  })
  r.explainObject = g.rule('explainObject', (explain: Explain): void => {
    const type = g.alt<NonNullable<Explain['object']>['type']>(1, [
      { ALT: () => g.eat(2, T.VIEW) && 'VIEW' },
      { ALT: () => g.words(3, T.MATERIALIZED, T.VIEW) && 'MATERIALIZED VIEW' },
      { ALT: () => g.eat(4, T.INDEX) && 'INDEX' },
      { ALT: () => g.eat(5, T.SINK) && 'SINK' },
    ])
    explain.object = { type, name: g.sub(6, r.name) }
  })
  r.explainPlan = g.rule('explainPlan', (explain: Explain): void => {
    explain.stage = g.alt<Explain['stage']>(1, [
      { ALT: () => g.words(2, T.RAW, T.PLAN) && 'RAW' },
      { ALT: () => g.words(3, T.DECORRELATED, T.PLAN) && 'DECORRELATED' },
      { ALT: () => g.words(4, T.LOCALLY, T.OPTIMIZED, T.PLAN) && 'LOCALLY OPTIMIZED' },
      { ALT: () => g.words(5, T.OPTIMIZED, T.PLAN) && 'OPTIMIZED' },
      { ALT: () => g.words(6, T.PHYSICAL, T.PLAN) && 'PHYSICAL' },
      { ALT: () => g.eat(7, T.PLAN) && 'PLAN' },
    ])
    explain.with = g.sub(8, r.withOptions)
    g.opt(9, () => {
      g.eat(10, T.AS)
      g.flag(11, T.VERBOSE)
      explain.format = g.eat(12, ColLabel).value?.toUpperCase()
    })
    g.eat(13, T.FOR)
    g.alt<unknown>(14, [
      { ALT: () => g.sub(15, r.explainObject, explain) },
      { ALT: () => (explain.statement = g.sub(16, r.statement)) },
    ])
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
