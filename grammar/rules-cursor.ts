// Cursors: DECLARE, FETCH, CLOSE.
import type { Expr } from './ast.ts'
import type { Ident } from './ast-base.ts'
import type { DeclareRecursiveView } from './ast-ddl.ts'
import type { DeclareCursor, DeclareSubscriptionCursor, Fetch, FetchDirection, Statement } from './ast-statement.ts'
import type { SqlParser } from './parser.ts'
import { is } from './retag.ts'
import type { Rules } from './rules.ts'
import { ColId, ColLabel, T } from './tokens.ts'

export function cursorRules(g: SqlParser, r: Rules) {
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
}
