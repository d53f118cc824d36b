// The functions SQL gives a syntax of their own, interval literals, windows. A word comes here only with its parenthesis.
import type { Arg, Expr, Frame, FrameBound, Trim, WindowSpec } from './ast.ts'
import type { IntervalFields } from './ast-leaf.ts'
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import type { SqlToken } from './token.ts'
import { ColId, T } from './tokens.ts'

const units: Record<string, IntervalFields> = {}
for (const unit of ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND', 'WEEK', 'QUARTER', 'MILLISECOND'] as const) {
  units[unit.toLowerCase()] = unit
  units[`${unit.toLowerCase()}s`] = unit
}

export function specialRules(g: SqlParser, r: Rules) {
  r.isUnit = (token: SqlToken) => !token.quoted && Object.hasOwn(units, token.value ?? '')

  r.specialFunction = g.rule('specialFunction', (): Expr => {
    const s = g.mark()
    return g.alt<Expr>(1, [
      { ALT: () => g.sub(2, r.exists) },
      { ALT: () => g.sub(3, r.rowExpr) },
      { ALT: () => g.sub(4, r.groupingExpr) },
      { ALT: () => g.eat(5, T.TRY_CAST) && g.sub(6, r.castTail, s, true) },
      { ALT: () => g.sub(7, r.extract) },
      { ALT: () => g.sub(8, r.substring) },
      { ALT: () => g.sub(9, r.position) },
      { ALT: () => g.sub(10, r.overlay) },
      { ALT: () => g.sub(11, r.trim) },
      { ALT: () => g.sub(12, r.normalize) },
      { ALT: () => g.eat(13, T.COALESCE) && { kind: 'coalesce', args: g.sub(14, r.parenList), span: g.span(s) } },
      { ALT: () => g.sub(24, r.jsonExpr) },
      { ALT: () => g.eat(15, T.GREATEST) && { kind: 'greatest', args: g.sub(16, r.parenList), span: g.span(s) } },
      { ALT: () => g.eat(17, T.LEAST) && { kind: 'least', args: g.sub(18, r.parenList), span: g.span(s) } },
      {
        ALT: () => {
          g.words(19, T.NULLIF, T.LParen)
          const left = g.sub(20, r.expr, 0)
          g.eat(21, T.Comma)
          const right = g.sub(22, r.expr, 0)
          g.eat(23, T.RParen)
          return { kind: 'nullif', left, right, span: g.span(s) }
        },
      },
    ])
  })

  r.parenList = g.rule('parenList', () => {
    g.eat(1, T.LParen)
    const items = g.sub(2, r.exprList)
    g.eat(3, T.RParen)
    return items
  })

  r.exists = g.rule('exists', (): Expr => {
    const start = g.mark()
    g.words(1, T.EXISTS, T.LParen)
    const query = g.sub(2, r.query)
    g.eat(3, T.RParen)
    return { kind: 'exists', query, span: g.span(start) }
  })

  r.rowExpr = g.rule('rowExpr', (): Expr => {
    const start = g.mark()
    g.words(1, T.ROW, T.LParen)
    const fields = g.opt(2, () => g.sub(3, r.exprList)) ?? []
    g.eat(4, T.RParen)
    return { kind: 'row', fields, explicit: true, span: g.span(start) }
  })

  r.groupingExpr = g.rule('groupingExpr', (): Expr => {
    const start = g.mark()
    g.eat(1, T.GROUPING)
    return { kind: 'grouping', args: g.sub(2, r.parenList), span: g.span(start) }
  })

  r.extract = g.rule('extract', (): Expr => {
    const start = g.mark()
    g.words(1, T.EXTRACT, T.LParen)
    const field = g.alt<SqlToken>(2, [{ ALT: () => g.eat(3, T.String) }, { ALT: () => g.eat(4, ColId) }])
    g.eat(5, T.FROM)
    const source = g.sub(6, r.expr, 0)
    g.eat(7, T.RParen)
    return { kind: 'extract', field: field.value, source, span: g.span(start) }
  })

  /** The comma form of a special function: an ordinary call of its name, its first argument already read. */
  r.callRest = g.rule('callRest', (start: number, token: SqlToken, first: Arg): Expr => {
    const args = [first]
    g.loop(1, () => {
      g.eat(2, T.Comma)
      args.push(g.sub(3, r.argument))
    })
    g.eat(4, T.RParen)
    const part = g.ident(token)
    return {
      kind: 'call',
      name: { kind: 'name', parts: [part], span: part.span },
      args,
      star: false,
      distinct: false,
      orderBy: [],
      withinGroup: false,
      span: g.span(start),
    }
  })

  r.substring = g.rule('substring', (): Expr => {
    const start = g.mark()
    const token = g.eat(1, T.SUBSTRING)
    g.eat(2, T.LParen)
    const first = g.sub(3, r.argument)
    const operand = first.value
    return g.alt<Expr>(4, [
      {
        ALT: () => {
          g.eat(5, T.FROM)
          const from = g.sub(6, r.expr, 0)
          const count = g.opt(7, () => g.eat(8, T.FOR) && g.sub(9, r.expr, 0))
          g.eat(10, T.RParen)
          return { kind: 'substring', operand, from, ...(count && { for: count }), span: g.span(start) }
        },
      },
      {
        ALT: () => {
          g.eat(11, T.FOR)
          const count = g.sub(12, r.expr, 0)
          const from = g.opt(13, () => g.eat(14, T.FROM) && g.sub(15, r.expr, 0))
          g.eat(16, T.RParen)
          return { kind: 'substring', operand, ...(from && { from }), for: count, span: g.span(start) }
        },
      },
      {
        ALT: () => {
          g.eat(17, T.SIMILAR)
          const similar = g.sub(18, r.expr, 0)
          g.eat(19, T.ESCAPE)
          const escapedBy = g.sub(20, r.expr, 0)
          g.eat(21, T.RParen)
          return { kind: 'substring', operand, similar, escape: escapedBy, span: g.span(start) }
        },
      },
      { ALT: () => g.sub(22, r.callRest, start, token, first) },
    ])
  })

  r.position = g.rule('position', (): Expr => {
    const start = g.mark()
    const token = g.eat(1, T.POSITION)
    g.eat(2, T.LParen)
    const needle = g.sub(3, r.expr, 0, true)
    return g.alt<Expr>(4, [
      {
        ALT: () => {
          g.eat(5, T.IN)
          const haystack = g.sub(6, r.expr, 0, true)
          g.eat(7, T.RParen)
          return { kind: 'position', needle, haystack, span: g.span(start) }
        },
      },
      { ALT: () => g.sub(8, r.callRest, start, token, { kind: 'arg', value: needle, span: needle.span }) },
    ])
  })

  r.overlay = g.rule('overlay', (): Expr => {
    const start = g.mark()
    const token = g.eat(1, T.OVERLAY)
    g.eat(2, T.LParen)
    const first = g.sub(3, r.argument)
    return g.alt<Expr>(4, [
      {
        ALT: () => {
          g.eat(5, T.PLACING)
          const placing = g.sub(6, r.expr, 0)
          g.eat(7, T.FROM)
          const from = g.sub(8, r.expr, 0)
          const count = g.opt(9, () => g.eat(10, T.FOR) && g.sub(11, r.expr, 0))
          g.eat(12, T.RParen)
          return {
            kind: 'overlay',
            operand: first.value,
            placing,
            from,
            ...(count && { for: count }),
            span: g.span(start),
          }
        },
      },
      { ALT: () => g.sub(13, r.callRest, start, token, first) },
    ])
  })

  r.trim = g.rule('trim', (): Expr => {
    const start = g.mark()
    let side: Trim['side'] = 'BOTH'
    let chars: Expr | undefined
    let args: Expr[] = []
    g.words(1, T.TRIM, T.LParen)
    g.opt(2, () => {
      side = g.alt<Trim['side']>(3, [
        { ALT: () => g.eat(4, T.BOTH) && 'BOTH' },
        { ALT: () => g.eat(5, T.LEADING) && 'LEADING' },
        { ALT: () => g.eat(6, T.TRAILING) && 'TRAILING' },
      ])
    })
    g.opt(7, () => (args = g.sub(8, r.exprList)))
    g.opt(9, () => {
      g.eat(10, T.FROM)
      if (args.length > 1) g.fail()
      chars = args[0]
      args = g.sub(11, r.exprList)
    })
    g.eat(12, T.RParen)
    return { kind: 'trim', side, ...(chars && { chars }), args, span: g.span(start) }
  })

  r.normalize = g.rule('normalize', (): Expr => {
    const start = g.mark()
    g.words(1, T.NORMALIZE, T.LParen)
    const operand = g.sub(2, r.expr, 0)
    const form = g.opt(3, () => {
      g.eat(4, T.Comma)
      return g.alt<'NFC' | 'NFD' | 'NFKC' | 'NFKD'>(5, [
        { ALT: () => g.eat(6, T.NFC) && 'NFC' },
        { ALT: () => g.eat(7, T.NFD) && 'NFD' },
        { ALT: () => g.eat(8, T.NFKC) && 'NFKC' },
        { ALT: () => g.eat(9, T.NFKD) && 'NFKD' },
      ])
    })
    g.eat(10, T.RParen)
    return { kind: 'normalize', operand, ...(form && { form }), span: g.span(start) }
  })

  /** `INTERVAL '5' SECOND`, `INTERVAL(3) '…'`, and the bare number of streaming dialects, `INTERVAL 1 HOUR`. */
  r.intervalLiteral = g.rule('intervalLiteral', (): Expr => {
    const start = g.mark()
    g.eat(1, T.INTERVAL)
    let precision = g.sub(2, r.precision)
    const at = g.mark()
    const minus = g.flag(3, T.Minus)
    const token = g.alt<SqlToken>(4, [{ ALT: () => g.eat(5, T.String) }, { ALT: () => g.eat(6, T.Number) }])
    const valueSpan = g.span(at)
    let fields: IntervalFields | undefined
    const numeric = /^\s*[+-]?\d+(\.\d+)?\s*$/.test(token.value ?? '')
    g.optIf(
      7,
      () => precision === undefined && r.isUnit(g.token(1)) && (numeric || !g.token(1).value.endsWith('s')),
      () => {
        const unit = units[g.eat(8, ColId).value ?? 'day']
        const to = g.opt(9, () => {
          g.eat(10, T.TO)
          return units[g.eat(11, ColId).value ?? 'day']
        })
        fields = (to ? `${unit} TO ${to}` : unit) as IntervalFields
        if (unit === 'SECOND' || to === 'SECOND') precision = g.sub(12, r.precision)
      },
    )
    const value = (minus ? '-' : '') + token.value
    return {
      kind: 'interval',
      value,
      valueSpan,
      ...(fields && { fields }),
      ...(precision !== undefined && { precision }),
      span: g.span(start),
    }
  })

  /** `10 MINUTES` without the word INTERVAL. */
  r.bareInterval = g.rule('bareInterval', (): Expr => {
    const start = g.mark()
    const value = g.eat(1, T.Number).value
    const valueSpan = g.span(start)
    if (!g.recording && !r.isUnit(g.token(1))) g.fail()
    const fields = units[g.eat(2, ColId).value ?? 'day']
    return { kind: 'interval', value, valueSpan, fields, span: g.span(start) }
  })

  r.precision = g.rule('precision', (): number | undefined =>
    g.opt(1, () => {
      g.eat(2, T.LParen)
      const value = Number(g.eat(3, T.Number).value)
      g.eat(4, T.RParen)
      return value
    }),
  )

  r.windowSpec = g.rule('windowSpec', (): WindowSpec => {
    const start = g.mark()
    g.eat(1, T.LParen)
    const base = g.optIf(
      2,
      () => !(g.peek(1) === T.PARTITION && g.peek(2) === T.BY) && !frameStarts(),
      () => g.ident(g.eat(3, ColId)),
    )
    let partitionBy: Expr[] = []
    g.opt(4, () => {
      g.words(5, T.PARTITION, T.BY)
      partitionBy = g.sub(6, r.exprList)
    })
    const orderBy = g.opt(7, () => g.sub(8, r.orderBy)) ?? []
    const frame = g.opt(9, () => g.sub(10, r.frame))
    g.eat(11, T.RParen)
    return { kind: 'window', ...(base && { base }), partitionBy, orderBy, ...(frame && { frame }), span: g.span(start) }
  })
  function frameStarts() {
    const type = g.peek(1)
    return (type === T.ROWS || type === T.RANGE || type === T.GROUPS || type === T.SESSION) && g.peek(2) !== T.RParen
  }

  r.frame = g.rule('frame', (): Frame => {
    const from = g.mark()
    const unit = g.alt<Frame['unit']>(1, [
      { ALT: () => g.eat(2, T.ROWS) && 'ROWS' },
      { ALT: () => g.eat(3, T.RANGE) && 'RANGE' },
      { ALT: () => g.eat(4, T.GROUPS) && 'GROUPS' },
      { ALT: () => g.eat(5, T.SESSION) && 'SESSION' },
    ])
    let end: FrameBound | undefined
    const start = g.alt<FrameBound>(6, [
      {
        GATE: () => g.peek(1) === T.BETWEEN,
        ALT: () => {
          g.eat(7, T.BETWEEN)
          const bound = g.sub(8, r.frameBound)
          g.eat(9, T.AND)
          end = g.sub(10, r.frameBound)
          return bound
        },
        IGNORE_AMBIGUITIES: true,
      },
      { ALT: () => g.sub(11, r.frameBound) },
    ])
    const exclude = g.opt(12, () => {
      g.eat(13, T.EXCLUDE)
      return g.alt<Frame['exclude']>(14, [
        { ALT: () => g.words(15, T.CURRENT, T.ROW) && 'CURRENT ROW' },
        { ALT: () => g.eat(16, T.GROUP) && 'GROUP' },
        { ALT: () => g.eat(17, T.TIES) && 'TIES' },
        { ALT: () => g.words(18, T.NO, T.OTHERS) && 'NO OTHERS' },
      ])
    })
    return { kind: 'frame', unit, start, ...(end && { end }), ...(exclude && { exclude }), span: g.span(from) }
  })

  r.frameBound = g.rule('frameBound', (): FrameBound => {
    const start = g.mark()
    const plain = (bound: FrameBound['bound']): FrameBound => ({ kind: 'bound', bound, span: g.span(start) })
    const ahead = (type: typeof T.ROW) => () => g.peek(2) === type
    return g.alt<FrameBound>(1, [
      {
        GATE: () => g.peek(2) === T.PRECEDING || g.peek(2) === T.FOLLOWING,
        ALT: () => {
          g.eat(2, T.UNBOUNDED)
          return plain(g.sub(3, r.frameSide) === 'PRECEDING' ? 'UNBOUNDED PRECEDING' : 'UNBOUNDED FOLLOWING')
        },
        IGNORE_AMBIGUITIES: true,
      },
      { GATE: ahead(T.ROW), ALT: () => g.words(4, T.CURRENT, T.ROW) && plain('CURRENT ROW'), IGNORE_AMBIGUITIES: true },
      {
        ALT: () => {
          g.words(5, T.WITH, T.GAP)
          return { kind: 'bound', bound: 'WITH GAP', offset: g.sub(6, r.expr, 0), span: g.span(start) }
        },
      },
      {
        ALT: () => {
          const offset = g.sub(7, r.expr, 0)
          const bound = g.sub(8, r.frameSide)
          return { kind: 'bound', bound, offset, span: g.span(start) }
        },
      },
    ])
  })
  r.frameSide = g.rule('frameSide', () =>
    g.alt<'PRECEDING' | 'FOLLOWING'>(1, [
      { ALT: () => g.eat(2, T.PRECEDING) && 'PRECEDING' },
      { ALT: () => g.eat(3, T.FOLLOWING) && 'FOLLOWING' },
    ]),
  )
}
