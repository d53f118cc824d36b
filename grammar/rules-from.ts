// FROM: relations, functions, joins, aliases.
import type { Alias, FromItem, Join, TableFunction, TableItem } from './ast.ts'
import type { Ident, TypeName } from './ast-base.ts'
import type { SqlParser } from './parser.ts'
import { is } from './retag.ts'
import type { Rules } from './rules.ts'
import { ColId, ColLabel, T } from './tokens.ts'

export function fromRules(g: SqlParser, r: Rules) {
  r.fromList = g.rule('fromList', (): FromItem[] => g.list(0, () => g.sub(1, r.fromItem)))

  r.fromItem = g.rule('fromItem', (): FromItem => {
    const start = g.mark()
    let left = g.sub(1, r.fromPrimary)
    let length = 0
    g.loop(2, () => {
      g.chain(++length)
      left = g.sub(3, r.joinStep, left, start)
    })
    return left
  })

  r.fromPrimary = g.rule('fromPrimary', (): FromItem => {
    const start = g.mark()
    const lateral = g.flag(1, T.LATERAL)
    return g.alt<FromItem>(2, [
      { ALT: () => g.sub(3, r.fromParenthesis, lateral, start), IGNORE_AMBIGUITIES: true },
      { ALT: () => g.sub(4, r.rowsFrom, lateral, start), GATE: () => g.peek(2) === T.FROM, IGNORE_AMBIGUITIES: true },
      { ALT: () => g.sub(5, r.wrappedFunction, lateral, start) },
      { GATE: () => functionStarts(), ALT: () => g.sub(6, r.fromFunction, lateral, start), IGNORE_AMBIGUITIES: true },
      { ALT: () => g.sub(7, r.tableItem) },
    ])
  })

  /** Dotted words, then a parenthesis; or one of the functions without. */
  function functionStarts() {
    const first = g.peek(1)
    if (is(first, T.ONLY)) return false
    if (!is(first, ColLabel) || first === T.ROW) return true
    let n = 2
    while (g.peek(n) === T.Dot) n += 2
    return g.peek(n) === T.LParen
  }

  r.fromParenthesis = g.rule('fromParenthesis', (lateral: boolean, start: number): FromItem => {
    const isQuery = g.queryAt(1)
    g.eat(1, T.LParen)
    g.deeper()
    const item = g.alt<FromItem>(2, [
      {
        GATE: () => isQuery,
        ALT: () => {
          const query = g.sub(3, r.query)
          g.eat(4, T.RParen)
          return { kind: 'derived', query, lateral, span: g.span(start) }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        ALT: () => {
          const inner = g.sub(5, r.fromItem)
          g.eat(6, T.RParen)
          return inner
        },
      },
    ])
    g.shallower()
    const alias = g.optIf(
      7,
      () => !aliasStops() && !(item.kind !== 'derived' && (item.kind !== 'join' || item.alias)),
      () => g.sub(8, r.alias, false),
    )
    if (alias && (item.kind === 'derived' || item.kind === 'join')) item.alias = alias
    if (!g.recording) item.span = g.span(start)
    return item
  })

  r.tableItem = g.rule('tableItem', (): TableItem => {
    const start = g.mark()
    let only = g.flag(1, T.ONLY)
    const name = g.alt<TableItem['name']>(2, [
      {
        ALT: () => {
          g.eat(3, T.LParen)
          const inner = g.sub(4, r.name)
          g.eat(5, T.RParen)
          return inner
        },
      },
      { ALT: () => g.sub(6, r.name) },
    ])
    // `t *` is the old way to say "and what inherits from it"; the same as `t`.
    if (g.flag(7, T.Star)) only = false
    const item: TableItem = { kind: 'table', name, ...(only && { only }), span: g.span(start) }
    const alias = () =>
      g.optIf(
        8,
        () => !item.alias && !aliasStops(),
        () => (item.alias = g.sub(9, r.alias, false)),
      )
    alias()
    g.optIf(
      10,
      () => g.peek(2) === T.SYSTEM_TIME,
      () => {
        g.words(11, T.FOR, T.SYSTEM_TIME)
        g.alt(12, [{ ALT: () => g.eat(13, T.AsOf) }, { ALT: () => g.eat(14, T.AS) }])
        g.eat(15, T.OF)
        item.systemTime = g.sub(16, r.expr, 0)
      },
    )
    g.optIf(
      17,
      () => item.systemTime !== undefined && !item.alias && !aliasStops(),
      () => (item.alias = g.sub(18, r.alias, false)),
    )
    g.opt(19, () => {
      g.eat(20, T.TABLESAMPLE)
      const method = g.sub(21, r.name)
      const args = g.sub(22, r.parenList)
      const repeatable = g.opt(23, () => {
        g.words(24, T.REPEATABLE, T.LParen)
        const seed = g.sub(25, r.expr, 0)
        g.eat(26, T.RParen)
        return seed
      })
      item.sample = { method, args, ...(repeatable && { repeatable }) }
    })
    item.span = g.span(start)
    return item
  })

  /** Words that PostgreSQL would take for an alias but that begin a clause of ours. */
  function aliasStops() {
    const next = g.peek(2)
    switch (g.peek(1)) {
      case T.WITHIN:
        return next === T.Number || next === T.LParen
      case T.MATCH_CONDITION:
        return next === T.LParen
      case T.OPTIONS:
        return next === T.LParen && (g.peek(3) === T.LIMIT || g.peek(4) === T.Eq || is(g.peek(4), ColLabel))
      case T.UP:
        return next === T.TO
      case T.ENVELOPE:
        return next === T.UPSERT || next === T.DEBEZIUM
      default:
        return false
    }
  }

  r.alias = g.rule('alias', (typed: boolean): Alias => {
    const start = g.mark()
    let name: Ident | undefined
    const columns: Ident[] = []
    const types: TypeName[] = []
    g.alt(1, [
      {
        ALT: () => {
          g.eat(2, T.AS)
          // A function's columns may be defined without naming the function: `AS (a int)`.
          g.opt(3, () => (name = g.ident(g.eat(4, ColId))))
          if (!name && !(typed && g.peek(1) === T.LParen)) g.fail()
        },
      },
      { ALT: () => (name = g.ident(g.eat(5, ColId))) },
    ])
    g.opt(6, () => {
      g.eat(7, T.LParen)
      g.list(0, () => {
        columns.push(g.ident(g.eat(8, ColId)))
        g.optIf(
          9,
          () => typed,
          () => types.push(g.sub(10, r.typeName)),
        )
      })
      g.eat(11, T.RParen)
    })
    return { kind: 'alias', ...(name && { name }), columns, types, span: g.span(start) }
  })

  r.functionAlias = g.rule('functionAlias', (): { ordinality: boolean; alias?: Alias } => {
    const ordinality = g.flag(1, T.WithType, T.ORDINALITY)
    const alias = g.optIf(
      2,
      () => !aliasStops(),
      () => g.sub(3, r.alias, true),
    )
    return { ordinality, ...(alias && { alias }) }
  })

  r.fromFunction = g.rule('fromFunction', (lateral: boolean, start: number): TableFunction => {
    const call = g.sub(1, r.primary)
    const tail = g.sub(2, r.functionAlias)
    return {
      kind: 'tableFunction',
      calls: [{ call, columns: undefined }],
      rowsFrom: false,
      wrapped: false,
      lateral,
      ...tail,
      span: g.span(start),
    }
  })

  r.wrappedFunction = g.rule('wrappedFunction', (lateral: boolean, start: number): TableFunction => {
    g.words(1, T.TABLE, T.LParen)
    const call = g.sub(2, r.primary)
    g.eat(3, T.RParen)
    const tail = g.sub(4, r.functionAlias)
    return {
      kind: 'tableFunction',
      calls: [{ call, columns: undefined }],
      rowsFrom: false,
      wrapped: true,
      lateral,
      ...tail,
      span: g.span(start),
    }
  })

  r.rowsFrom = g.rule('rowsFrom', (lateral: boolean, start: number): TableFunction => {
    g.words(1, T.ROWS, T.FROM, T.LParen)
    const calls = g.list(0, () => {
      const call = g.sub(2, r.primary)
      const columns = g.opt(3, () => g.sub(4, r.alias, true))
      return { call, columns }
    })
    g.eat(5, T.RParen)
    const tail = g.sub(6, r.functionAlias)
    return { kind: 'tableFunction', calls, rowsFrom: true, wrapped: false, lateral, ...tail, span: g.span(start) }
  })

  r.joinStep = g.rule('joinStep', (left: FromItem, start: number): Join => {
    const head = g.sub(1, r.joinHead)
    const rightStart = g.mark()
    let right = g.sub(2, r.fromPrimary)
    const join: Join = { kind: 'join', ...head, left, right, span: g.span(start) }
    if ((head?.type === 'CROSS' || head?.natural) && !g.recording) return join
    // `a JOIN b JOIN c ON x ON y`: until its condition comes, a join's right side grows.
    g.deeper()
    g.loop(3, () => (right = g.sub(4, r.joinStep, right, rightStart)))
    g.shallower()
    join.right = right
    g.opt(
      5,
      () =>
        g.words(6, T.MATCH_CONDITION, T.LParen) && (join.matchCondition = g.sub(7, r.expr, 0)) && g.eat(8, T.RParen),
    )
    g.optIf(
      9,
      () => g.peek(2) === T.Number || g.peek(2) === T.LParen,
      () => {
        g.eat(10, T.WITHIN)
        const parens = g.flag(11, T.LParen)
        join.within = g.sub(12, r.bareInterval)
        if (parens) g.words(13, T.RParen)
      },
    )
    g.opt(14, () =>
      g.alt<unknown>(15, [
        { ALT: () => g.eat(16, T.ON) && (join.on = g.sub(17, r.expr, 0)) },
        {
          ALT: () => {
            g.eat(18, T.USING)
            join.using = g.sub(19, r.columnList)
            g.opt(20, () => g.eat(21, T.AS) && (join.usingAlias = g.ident(g.eat(22, ColId))))
          },
        },
      ]),
    )
    if (!join.on && !join.using && !join.asof) g.fail()
    join.span = g.span(start)
    return join
  })

  r.joinHead = g.rule('joinHead', (): { type: Join['type']; natural?: boolean; asof?: boolean } => {
    let natural = false as boolean
    let asof = false as boolean
    let type: Join['type'] = 'INNER'
    g.alt<unknown>(1, [
      { ALT: () => g.words(2, T.CROSS, T.JOIN) && (type = 'CROSS') },
      {
        IGNORE_AMBIGUITIES: true,
        ALT: () => {
          g.eat(3, T.AsofJoin)
          type = g.sub(4, r.joinType)
          asof = true
          g.eat(5, T.JOIN)
        },
      },
      {
        ALT: () => {
          natural = g.flag(6, T.NATURAL)
          type = g.sub(7, r.joinType)
          asof = g.flag(8, T.AsofJoin)
          g.eat(9, T.JOIN)
        },
      },
    ])
    return { type, ...(natural && { natural }), ...(asof && { asof }) }
  })

  r.joinType = g.rule('joinType', (): Join['type'] => {
    let type: Join['type'] = 'INNER'
    g.opt(1, () =>
      g.alt<unknown>(2, [
        { ALT: () => g.eat(3, T.INNER) },
        {
          ALT: () => {
            type = g.alt<Join['type']>(4, [
              { ALT: () => g.eat(5, T.LEFT) && 'LEFT' },
              { ALT: () => g.eat(6, T.RIGHT) && 'RIGHT' },
              { ALT: () => g.eat(7, T.FULL) && 'FULL' },
            ])
            g.flag(8, T.OUTER)
          },
        },
      ]),
    )
    return type
  })
}
