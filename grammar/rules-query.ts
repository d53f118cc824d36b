// SELECT, VALUES, set operations, WITH and the clauses behind them.
import { EOF } from 'chevrotain'
import type {
  Cte,
  Expr,
  GroupItem,
  Locking,
  NamedWindow,
  OrderItem,
  Query,
  QueryBody,
  Select,
  StreamWindow,
  Target,
  With,
} from './ast.ts'
import type { Ident, TypeName } from './ast-base.ts'
import { push, type SqlParser } from './parser.ts'
import { is } from './retag.ts'
import type { Rules } from './rules.ts'
import { AnyOperator, BareLabel, ColId, ColLabel, T } from './tokens.ts'

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
          const mode = g.alt<NonNullable<Query['emit']>['mode']>(17, [
            { ALT: () => g.eat(18, T.CHANGES) && 'CHANGES' },
            { ALT: () => g.eat(19, T.FINAL) && 'FINAL' },
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
          query.emit = { kind: 'emit', mode, span: g.span(start) }
        },
      },
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
          g.words(14, T.WITH, T.TIES)
          query.withTies = true
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

  r.select = g.rule('select', (): Select => {
    const start = g.mark()
    g.eat(1, T.SELECT)
    let distinct: Select['distinct']
    g.opt(2, () =>
      g.alt(3, [
        { ALT: () => g.eat(4, T.ALL) },
        {
          ALT: () => {
            g.eat(5, T.DISTINCT)
            distinct = 'DISTINCT'
            g.opt(6, () => {
              g.eat(7, T.ON)
              distinct = { on: g.sub(8, r.parenList) }
            })
          },
        },
      ]),
    )
    const select: Select = {
      kind: 'select',
      ...(distinct && { distinct }),
      targets: [],
      from: [],
      groupBy: [],
      windows: [],
      span: g.span(start),
    }
    g.optIf(
      9,
      () => g.peek(1) !== T.RParen,
      () => (select.targets = g.sub(10, r.targets)),
    )
    g.opt(11, () => g.eat(12, T.FROM) && (select.from = g.sub(13, r.fromList)))
    g.optIf(
      14,
      () => g.peek(3) === T.LParen && (g.peek(2) === T.TUMBLING || g.peek(2) === T.HOPPING || g.peek(2) === T.SESSION),
      () => (select.streamWindow = g.sub(15, r.streamWindow)),
    )
    g.opt(16, () => g.eat(17, T.WHERE) && (select.where = g.sub(18, r.expr, 0)))
    g.opt(19, () => g.sub(20, r.groupBy, select))
    g.opt(21, () => g.eat(22, T.HAVING) && (select.having = g.sub(23, r.expr, 0)))
    g.opt(24, () => {
      g.eat(25, T.WINDOW)
      select.windows = g.list(0, () => g.sub(26, r.namedWindow))
    })
    g.opt(27, () => g.eat(28, T.QualifyClause) && (select.qualify = g.sub(29, r.expr, 0)))
    select.span = g.span(start)
    return select
  })

  r.namedWindow = g.rule('namedWindow', (): NamedWindow => {
    const start = g.mark()
    const name = g.ident(g.eat(1, ColId))
    g.eat(2, T.AS)
    return { kind: 'namedWindow', name, spec: g.sub(3, r.windowSpec), span: g.span(start) }
  })

  r.targets = g.rule('targets', (): Target[] => g.list(0, () => g.sub(1, r.target)))

  r.target = g.rule('target', (): Target => {
    const start = g.mark()
    return g.alt<Target>(1, [
      {
        ALT: () => {
          g.eat(2, T.Star)
          const except = g.sub(3, r.starExcept)
          const span = g.span(start)
          return { kind: 'target', expr: { kind: 'star', qualifier: [], except, span }, span }
        },
      },
      {
        ALT: () => {
          const expr = g.sub(4, r.expr, 0)
          const alias = g.opt(5, () =>
            g.ident(
              g.alt(6, [{ ALT: () => g.eat(7, T.AS) && g.eat(8, ColLabel) }, { ALT: () => g.eat(9, BareLabel) }]),
            ),
          )
          return { kind: 'target', expr, ...(alias && { alias }), span: g.span(start) }
        },
      },
    ])
  })

  r.groupBy = g.rule('groupBy', (select: Select): void => {
    g.words(1, T.GROUP, T.BY)
    const distinct = g.flag(2, T.DISTINCT)
    if (distinct) select.groupDistinct = true
    const all = g.flag(3, T.ALL)
    if (all && !g.recording && (g.peek(1) === EOF || !groupContinues())) {
      select.groupAll = true
      return
    }
    select.groupBy = g.list(0, () => g.sub(4, r.groupItem))
  })

  /** After `GROUP BY ALL`: a list (ALL is then the set quantifier) or the next clause. */
  function groupContinues() {
    const type = g.peek(1)
    return type === T.LParen || type === T.GROUPING || type === T.Number || is(type, ColId)
  }

  r.groupItem = g.rule('groupItem', (): GroupItem => {
    const start = g.mark()
    const opens = () => g.peek(2) === T.LParen
    return g.alt<GroupItem>(1, [
      {
        GATE: () => g.peek(2) === T.SETS,
        ALT: () => {
          g.words(2, T.GROUPING, T.SETS, T.LParen)
          g.deeper()
          const sets = g.list(0, () => g.sub(3, r.groupItem))
          g.shallower()
          g.eat(4, T.RParen)
          return { kind: 'groupingSets', sets, span: g.span(start) }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: opens,
        ALT: () => g.eat(5, T.ROLLUP) && { kind: 'rollup', items: g.sub(6, r.parenList), span: g.span(start) },
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: opens,
        ALT: () => g.eat(7, T.CUBE) && { kind: 'cube', items: g.sub(8, r.parenList), span: g.span(start) },
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: () => g.peek(2) === T.RParen,
        ALT: () => g.words(9, T.LParen, T.RParen) && { kind: 'emptyGroup', span: g.span(start) },
        IGNORE_AMBIGUITIES: true,
      },
      { ALT: () => ({ kind: 'groupExpr', expr: g.sub(10, r.expr, 0), span: g.span(start) }) },
    ])
  })

  r.orderBy = g.rule('orderBy', (): OrderItem[] => {
    g.words(1, T.ORDER, T.BY)
    return g.list(0, () => g.sub(2, r.orderItem))
  })

  r.orderItem = g.rule('orderItem', (): OrderItem => {
    const start = g.mark()
    const expr = g.sub(1, r.expr, 0)
    const item: OrderItem = { kind: 'orderItem', expr, span: g.span(start) }
    g.opt(2, () =>
      g.alt(3, [
        { ALT: () => g.eat(4, T.ASC) && (item.direction = 'ASC') },
        { ALT: () => g.eat(5, T.DESC) && (item.direction = 'DESC') },
        { ALT: () => g.eat(6, T.USING) && (item.using = g.eat(7, AnyOperator).value) },
      ]),
    )
    const nulls = g.sub(8, r.nullsOrder)
    if (nulls) item.nulls = nulls
    item.span = g.span(start)
    return item
  })
  r.nullsOrder = g.rule('nullsOrder', () =>
    g.opt(1, () => {
      g.eat(2, T.NullsOrder)
      return g.alt<'FIRST' | 'LAST'>(3, [
        { ALT: () => g.eat(4, T.FIRST) && 'FIRST' },
        { ALT: () => g.eat(5, T.LAST) && 'LAST' },
      ])
    }),
  )

  r.streamWindow = g.rule('streamWindow', (): StreamWindow => {
    const start = g.mark()
    g.eat(1, T.WINDOW)
    const type = g.alt<StreamWindow['type']>(2, [
      { ALT: () => g.eat(3, T.TUMBLING) && 'TUMBLING' },
      { ALT: () => g.eat(4, T.HOPPING) && 'HOPPING' },
      { ALT: () => g.eat(5, T.SESSION) && 'SESSION' },
    ])
    g.eat(6, T.LParen)
    const window: Partial<StreamWindow> = {}
    g.list(0, () =>
      g.alt<unknown>(7, [
        { ALT: () => g.eat(8, T.SIZE) && (window.size = g.sub(9, r.bareInterval)) },
        { ALT: () => g.words(10, T.ADVANCE, T.BY) && (window.advance = g.sub(11, r.bareInterval)) },
        { ALT: () => g.eat(12, T.RETENTION) && (window.retention = g.sub(13, r.bareInterval)) },
        { ALT: () => g.words(14, T.GRACE, T.PERIOD) && (window.grace = g.sub(15, r.bareInterval)) },
        { ALT: () => (window.size = g.sub(16, r.bareInterval)) },
      ]),
    )
    g.eat(17, T.RParen)
    if (!window.size) g.fail()
    return { kind: 'streamWindow', type, ...(window as { size: Expr }), span: g.span(start) }
  })

  r.with = g.rule('with', (): With => {
    const start = g.mark()
    g.eat(1, T.WITH)
    let mode: With['mode'] = 'plain'
    const recursionLimits: With['recursionLimits'] = []
    if (g.flag(2, T.RECURSIVE)) mode = 'recursive'
    g.optIf(
      3,
      () => g.peek(2) === T.RECURSIVE,
      () => {
        g.words(4, T.MUTUALLY, T.RECURSIVE)
        mode = 'mutuallyRecursive'
        g.opt(5, () => {
          g.eat(6, T.LParen)
          g.list(0, () => {
            let onLimit: 'return' | 'error' = 'error'
            g.opt(7, () =>
              g.alt<unknown>(8, [
                { ALT: () => g.words(9, T.RETURN, T.AT) && (onLimit = 'return') },
                { ALT: () => g.words(10, T.ERROR, T.AT) },
              ]),
            )
            g.words(11, T.RECURSION, T.LIMIT)
            g.flag(12, T.Eq)
            recursionLimits.push({ onLimit, limit: g.sub(13, r.expr, 0) })
          })
          g.eat(14, T.RParen)
        })
      },
    )
    const ctes = g.list(1, () => g.sub(15, r.cte))
    return { kind: 'with', mode, recursionLimits, ctes, span: g.span(start) }
  })

  r.cte = g.rule('cte', (): Cte => {
    const start = g.mark()
    const name = g.ident(g.eat(1, ColId))
    const columns: Ident[] = []
    const types: TypeName[] = []
    g.opt(2, () => {
      g.eat(3, T.LParen)
      g.list(0, () => {
        columns.push(g.ident(g.eat(4, ColId)))
        g.opt(5, () => types.push(g.sub(6, r.typeName)))
      })
      g.eat(7, T.RParen)
    })
    g.eat(8, T.AS)
    let materialized: boolean | undefined
    g.opt(9, () =>
      g.alt(10, [
        { ALT: () => g.words(11, T.NOT, T.MATERIALIZED) && (materialized = false) },
        { ALT: () => g.eat(12, T.MATERIALIZED) && (materialized = true) },
      ]),
    )
    g.eat(13, T.LParen)
    g.deeper()
    const query = g.sub(14, r.dmlOrQuery) as Cte['query']
    g.shallower()
    g.eat(15, T.RParen)
    const search = g.opt(16, () => g.sub(17, r.cteSearch))
    const cycle = g.opt(18, () => g.sub(19, r.cteCycle))
    return {
      kind: 'cte',
      name,
      columns,
      types,
      ...(materialized !== undefined && { materialized }),
      query,
      ...(search && { search }),
      ...(cycle && { cycle }),
      span: g.span(start),
    }
  })
  r.cteSearch = g.rule('cteSearch', (): NonNullable<Cte['search']> => {
    g.eat(1, T.SEARCH)
    const order = g.alt<'DEPTH' | 'BREADTH'>(2, [
      { ALT: () => g.eat(3, T.DEPTH) && 'DEPTH' },
      { ALT: () => g.eat(4, T.BREADTH) && 'BREADTH' },
    ])
    g.words(5, T.FIRST, T.BY)
    const by = g.list(0, () => g.ident(g.eat(6, ColId)))
    g.eat(7, T.SET)
    return { order, by, set: g.ident(g.eat(8, ColId)) }
  })
  r.cteCycle = g.rule('cteCycle', (): NonNullable<Cte['cycle']> => {
    g.eat(1, T.CYCLE)
    const columns = g.list(0, () => g.ident(g.eat(2, ColId)))
    g.eat(3, T.SET)
    const set = g.ident(g.eat(4, ColId))
    let to: Expr | undefined
    let otherwise: Expr | undefined
    g.opt(5, () => {
      g.eat(6, T.TO)
      to = g.sub(7, r.primary)
      g.eat(8, T.DEFAULT)
      otherwise = g.sub(9, r.primary)
    })
    g.eat(10, T.USING)
    return {
      columns,
      set,
      ...(to && { to }),
      ...(otherwise && { default: otherwise }),
      using: g.ident(g.eat(11, ColId)),
    }
  })
}
