// SELECT: targets, grouping, order, windows.

import type { Expr, GroupItem, NamedWindow, OrderItem, Select, StreamWindow, Target } from './ast.ts'
import { EOF } from './chevrotain.ts'
import type { SqlParser } from './parser.ts'
import { is } from './retag.ts'
import type { Rules } from './rules.ts'
import { stateTtlOf } from './state-ttl.ts'
import { AnyOperator, BareLabel, ColId, ColLabel, T } from './tokens.ts'

export function selectRules(g: SqlParser, r: Rules) {
  r.select = g.rule('select', (): Select => {
    const start = g.mark()
    const head = g.eat(1, T.SELECT)
    const stateTtl = g.recording ? undefined : stateTtlOf(head.gapTo(g.mark()), head.endOffset + 1)
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
      ...(stateTtl && { stateTtl }),
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
    if (!g.recording) return g.peek(1) === T.Star ? allColumns() : oneColumn()
    return g.alt<Target>(1, [{ ALT: allColumns }, { ALT: oneColumn }])
  })
  const allColumns = (): Target => {
    const start = g.mark()
    g.eat(2, T.Star)
    const except = g.sub(3, r.starExcept)
    const span = g.span(start)
    return { kind: 'target', expr: { kind: 'star', qualifier: [], except, span }, span }
  }
  const oneColumn = (): Target => {
    const start = g.mark()
    const expr = g.sub(4, r.expr, 0)
    const alias = g.opt(5, () => g.ident(g.alt(6, aliases)))
    return { kind: 'target', expr, ...(alias && { alias }), span: g.span(start) }
  }
  const aliases = [{ ALT: () => g.eat(7, T.AS) && g.eat(8, ColLabel) }, { ALT: () => g.eat(9, BareLabel) }]

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
        {
          GATE: () => g.peek(2) === T.ZONE,
          ALT: () => g.words(18, T.TIME, T.ZONE) && (window.timeZone = g.sub(19, r.expr, 0)),
          IGNORE_AMBIGUITIES: true,
        },
        { ALT: () => (window.size = g.sub(16, r.bareInterval)) },
      ]),
    )
    g.eat(17, T.RParen)
    if (!window.size) g.fail()
    return { kind: 'streamWindow', type, ...(window as { size: Expr }), span: g.span(start) }
  })
}
