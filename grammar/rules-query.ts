// Queries: set operations, VALUES, TABLE, and the clauses behind them.
import type { Expr, Locking, Query, QueryBody, With } from './ast.ts'
import type { SqlParser } from './parser.ts'
import { push } from './parser.ts'
import type { Rules } from './rules.ts'
import { T } from './tokens.ts'

export function queryRules(g: SqlParser, r: Rules) {
  r.query = g.rule('query', (): Query => {
    const start = g.mark()
    g.deeper()
    const clause = g.opt(1, () => g.sub(2, r.with))
    const query = g.sub(3, r.queryRest, clause, start)
    g.shallower()
    return query
  })

  r.queryRest = g.rule('queryRest', (clause: With | undefined, start: number): Query => {
    const body = g.sub(1, r.setBody, 0)
    const query: Query = {
      kind: 'query',
      ...(clause && { with: clause }),
      body,
      orderBy: [],
      locking: [],
      options: [],
      span: body?.span,
    }
    g.opt(2, () => (query.orderBy = g.sub(3, r.orderBy)))
    g.loopIf(
      4,
      () =>
        g.peek(1) !== T.FOR ||
        g.peek(2) === T.UPDATE ||
        g.peek(2) === T.SHARE ||
        g.peek(2) === T.NO ||
        g.peek(2) === T.KEY ||
        g.peek(2) === T.READ,
      () => g.sub(5, r.queryTail, query),
    )
    query.span = g.span(start)
    return query
  })

  r.queryTail = g.rule('queryTail', (query: Query): void => {
    g.alt<unknown>(1, [
      {
        ALT: () => {
          if (query?.limit) g.fail('multiple LIMIT clauses not allowed')
          g.eat(2, T.LIMIT)
          const start = g.mark()
          query.limit = g.alt<Expr>(3, [
            { ALT: () => g.eat(4, T.ALL) && { kind: 'null', span: g.span(start) } },
            { ALT: () => g.sub(5, r.expr, 0) },
          ])
          g.opt(6, () => {
            if (!g.recording) throw g.unexpected(g.token(1), 'LIMIT #,# syntax is not supported')
            g.eat(7, T.Comma)
          })
        },
      },
      {
        ALT: () => {
          if (query?.offset) g.fail('multiple OFFSET clauses not allowed')
          g.eat(8, T.OFFSET)
          query.offset = g.sub(9, r.expr, 0)
          g.opt(10, () => g.alt(11, [{ ALT: () => g.eat(12, T.ROW) }, { ALT: () => g.eat(13, T.ROWS) }]))
        },
      },
      { ALT: () => g.sub(14, r.fetchFirst, query) },
      { ALT: () => push(query.locking, g.sub(15, r.locking)) },
      {
        ALT: () => {
          const start = g.mark()
          g.eat(16, T.EmitClause)
          let every: Expr | undefined
          const mode = g.alt<NonNullable<Query['emit']>['mode']>(17, [
            { ALT: () => g.eat(18, T.CHANGES) && 'CHANGES' },
            { ALT: () => g.eat(19, T.FINAL) && 'FINAL' },
            { ALT: () => g.eat(30, T.PERIODIC) && (every = g.sub(31, r.expr, 4, true)) && 'PERIODIC' },
            {
              ALT: () => {
                g.eat(20, T.ON)
                return g.alt(21, [
                  { ALT: () => g.words(22, T.WINDOW, T.CLOSE) && 'ON WINDOW CLOSE' },
                  { ALT: () => g.eat(23, T.UPDATE) && 'ON UPDATE' },
                ])
              },
            },
          ])
          query.emit = { kind: 'emit', mode, ...(every && { every }), span: g.span(start) }
        },
      },
      { ALT: () => g.words(27, T.AllowedClause, T.LATENESS) && (query.lateness = g.sub(29, r.expr, 4, true)) },
      { ALT: () => (query.asOf = g.sub(24, r.asOf)) },
      { ALT: () => g.eat(25, T.OPTIONS) && (query.options = g.sub(26, r.options)) },
    ])
  })

  r.asOf = g.rule('asOf', () => {
    const start = g.mark()
    g.alt(1, [{ ALT: () => g.eat(2, T.AsOf) }, { ALT: () => g.eat(3, T.AS) }])
    g.eat(4, T.OF)
    const atLeast = g.flag(5, T.AT, T.LEAST)
    return { kind: 'asOf', atLeast, at: g.sub(6, r.expr, 0), span: g.span(start) }
  })

  r.fetchFirst = g.rule('fetchFirst', (query: Query): void => {
    if (query?.limit) g.fail('multiple LIMIT clauses not allowed')
    g.eat(1, T.FETCH)
    g.alt(2, [{ ALT: () => g.eat(3, T.FIRST) }, { ALT: () => g.eat(4, T.NEXT) }])
    const start = g.mark()
    query.limit = g.optIf(
      5,
      () => g.peek(1) !== T.ROW && g.peek(1) !== T.ROWS,
      () =>
        g.alt<Expr>(6, [
          { ALT: () => g.sub(7, r.signExpr, false), IGNORE_AMBIGUITIES: true },
          { ALT: () => g.sub(8, r.primary) },
        ]),
    ) ?? { kind: 'number', text: '1', integer: true, span: g.span(start) }
    g.alt(9, [{ ALT: () => g.eat(10, T.ROW) }, { ALT: () => g.eat(11, T.ROWS) }])
    g.alt(12, [
      { ALT: () => g.eat(13, T.ONLY) },
      {
        ALT: () => {
          const ties = g.mark()
          g.words(14, T.WITH, T.TIES)
          query.withTies = true
          query.tiesSpan = g.span(ties)
        },
      },
    ])
  })

  r.locking = g.rule('locking', (): Locking => {
    const start = g.mark()
    g.eat(1, T.FOR)
    const strength = g.alt<Locking['strength']>(2, [
      { ALT: () => g.eat(3, T.UPDATE) && 'UPDATE' },
      { ALT: () => g.eat(4, T.SHARE) && 'SHARE' },
      { ALT: () => g.words(5, T.NO, T.KEY, T.UPDATE) && 'NO KEY UPDATE' },
      { ALT: () => g.words(6, T.KEY, T.SHARE) && 'KEY SHARE' },
    ])
    const of = g.opt(7, () => g.eat(8, T.OF) && g.list(0, () => g.sub(9, r.name))) ?? []
    const wait = g.opt(10, () =>
      g.alt<Locking['wait']>(11, [
        { ALT: () => g.eat(12, T.NOWAIT) && 'NOWAIT' },
        { ALT: () => g.words(13, T.SKIP, T.LOCKED) && 'SKIP LOCKED' },
      ]),
    )
    return { kind: 'locking', strength, of, ...(wait && { wait }), span: g.span(start) }
  })

  /** UNION and EXCEPT bind alike, INTERSECT tighter. */
  r.setBody = g.rule('setBody', (min: number): QueryBody => {
    const start = g.mark()
    let left = g.sub(1, r.queryPrimary)
    let length = 0
    g.loopIf(
      2,
      () => (g.peek(1) === T.INTERSECT ? 2 : 1) > min,
      () => {
        g.chain(++length)
        const level = g.peek(1) === T.INTERSECT ? 2 : 1
        const op = g.alt<'UNION' | 'INTERSECT' | 'EXCEPT'>(3, [
          { ALT: () => g.eat(4, T.UNION) && 'UNION' },
          { ALT: () => g.eat(5, T.INTERSECT) && 'INTERSECT' },
          { ALT: () => g.eat(6, T.EXCEPT) && 'EXCEPT' },
        ])
        const all = g.flag(7, T.ALL)
        if (!all) g.flag(8, T.DISTINCT)
        const corresponding = g.opt(9, () => {
          g.eat(10, T.CORRESPONDING)
          return g.opt(11, () => g.eat(12, T.BY) && g.sub(13, r.columnList)) ?? []
        })
        const right = g.sub(14, r.setBody, level)
        left = {
          kind: 'setOperation',
          op,
          all,
          ...(corresponding && { corresponding }),
          left,
          right,
          span: g.span(start),
        }
      },
    )
    return left
  })

  r.queryPrimary = g.rule('queryPrimary', (): QueryBody => {
    const start = g.mark()
    if (g.peek(1) === T.SELECT && !g.recording) return g.sub(2, r.select)
    return g.alt<QueryBody>(1, [
      { ALT: () => g.sub(2, r.select) },
      {
        ALT: () => {
          g.eat(3, T.VALUES)
          const rows = g.list(0, () => g.sub(4, r.parenList))
          return { kind: 'values', rows, span: g.span(start) }
        },
      },
      {
        ALT: () => {
          g.eat(5, T.TABLE)
          const only = g.flag(6, T.ONLY)
          return { kind: 'tableBody', name: g.sub(7, r.name), ...(only && { only }), span: g.span(start) }
        },
      },
      {
        ALT: () => {
          g.eat(8, T.LParen)
          const query = g.sub(9, r.query)
          g.eat(10, T.RParen)
          return bare(query) ? query.body : query
        },
      },
    ])
  })

  /** Parentheses around a query without clauses of its own mean nothing. */
  function bare(q: Query) {
    return !(
      q.with ||
      q.orderBy?.length ||
      q.limit ||
      q.offset ||
      q.locking?.length ||
      q.emit ||
      q.asOf ||
      q.options?.length
    )
  }
}
