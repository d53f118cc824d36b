// Operands: literals, names, calls, parentheses, CASE, constructors.
import type { Arg, Call, Case, Expr } from './ast.ts'
import type { Ident, Name } from './ast-base.ts'
import type { SqlValue } from './ast-leaf.ts'
import type { SqlParser } from './parser.ts'
import { is } from './retag.ts'
import type { Rules } from './rules.ts'
import type { SqlToken } from './token.ts'
import { ColId, ColLabel, Identifier, T, TypeFunc } from './tokens.ts'

export function primaryRules(g: SqlParser, r: Rules) {
  r.primary = g.rule('primary', (): Expr => {
    const start = g.mark()
    // Most operands are one of these; the table of alternatives below costs a closure each.
    if (!g.recording) {
      const type = g.peek(1)
      if (type === Identifier) return g.sub(101, r.wordExpr)
      if (type === T.Number) return numberLiteral(g.eat(101, T.Number), start)
      if (type === T.String) return { kind: 'string', value: g.eat(101, T.String).value, span: g.span(start) }
    }
    return g.alt<Expr>(1, [
      { ALT: () => numberLiteral(g.eat(2, T.Number), start) },
      { ALT: () => ({ kind: 'string', value: g.eat(3, T.String).value, span: g.span(start) }) },
      { ALT: () => bitString(g.eat(4, T.BitString), start) },
      { ALT: () => ({ kind: 'param', index: Number(g.eat(5, T.Param).value), span: g.span(start) }) },
      { ALT: () => g.eat(6, T.NULL) && { kind: 'null', span: g.span(start) } },
      { ALT: () => g.eat(7, T.TRUE) && { kind: 'boolean', value: true, span: g.span(start) } },
      { ALT: () => g.eat(8, T.FALSE) && { kind: 'boolean', value: false, span: g.span(start) } },
      { ALT: () => g.eat(9, T.DEFAULT) && { kind: 'default', span: g.span(start) } },
      { ALT: () => g.sub(10, r.parenthesis) },
      { ALT: () => g.sub(11, r.caseExpr) },
      { ALT: () => g.eat(12, T.CAST) && g.sub(13, r.castTail, start, false) },
      { ALT: () => g.sub(14, r.arrayExpr) },
      { ALT: () => g.sub(15, r.sqlValue) },
      { ALT: () => g.sub(16, r.lambda) },
      { ALT: () => g.sub(17, r.specialFunction), IGNORE_AMBIGUITIES: true },
      { ALT: () => g.sub(18, r.wordExpr) },
    ])
  })

  function numberLiteral(token: SqlToken, start: number): Expr {
    return { kind: 'number', text: token.value, integer: /^\d+$/.test(token.value), span: g.span(start) }
  }
  function bitString(token: SqlToken, start: number): Expr {
    const text = token.value ?? 'b'
    return { kind: 'bitString', base: text[0] === 'b' ? 2 : 16, digits: text.slice(1), span: g.span(start) }
  }

  r.castTail = g.rule('castTail', (start: number, attempt: boolean): Expr => {
    g.eat(1, T.LParen)
    const operand = g.sub(2, r.expr, 0)
    g.eat(3, T.AS)
    const type = g.sub(4, r.typeName)
    g.eat(5, T.RParen)
    return { kind: 'cast', operand, type, style: 'cast', ...(attempt && { try: true }), span: g.span(start) }
  })

  r.parenthesis = g.rule('parenthesis', (): Expr => {
    const start = g.mark()
    const isQuery = g.queryAt(1)
    g.eat(1, T.LParen)
    return g.alt<Expr>(2, [
      {
        GATE: () => isQuery,
        ALT: () => {
          g.deeper()
          const query = g.sub(3, r.query)
          g.shallower()
          g.eat(4, T.RParen)
          return { kind: 'subquery', query, span: g.span(start) }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        ALT: () => {
          const fields = g.list(0, () => g.sub(5, r.expr, 0))
          g.eat(6, T.RParen)
          if (fields.length === 1) return fields[0]
          return { kind: 'row', fields, explicit: false, span: g.span(start) }
        },
      },
    ])
  })

  r.caseExpr = g.rule('caseExpr', (): Expr => {
    const start = g.mark()
    g.eat(1, T.CASE)
    const operand = g.opt(2, () => g.sub(3, r.expr, 0))
    const whens: Case['whens'] = []
    g.some(4, () => {
      const from = g.mark()
      g.eat(5, T.WHEN)
      const when = g.sub(6, r.expr, 0)
      g.eat(7, T.THEN)
      whens.push({ kind: 'when', when, then: g.sub(8, r.expr, 0), span: g.span(from) })
    })
    const otherwise = g.opt(9, () => g.eat(10, T.ELSE) && g.sub(11, r.expr, 0))
    g.eat(12, T.END)
    return {
      kind: 'case',
      ...(operand && { operand }),
      whens,
      ...(otherwise && { else: otherwise }),
      span: g.span(start),
    }
  })

  r.arrayExpr = g.rule('arrayExpr', (): Expr => {
    const start = g.mark()
    g.eat(1, T.ARRAY)
    return g.alt<Expr>(2, [
      { ALT: () => g.sub(3, r.arrayElements, start) },
      {
        ALT: () => {
          g.eat(4, T.LParen)
          const query = g.sub(5, r.query)
          g.eat(6, T.RParen)
          return { kind: 'arraySubquery', query, span: g.span(start) }
        },
      },
    ])
  })

  r.arrayElements = g.rule('arrayElements', (start: number): Expr => {
    let elements: Expr[] = []
    g.eat(1, T.LBracket)
    g.deeper()
    g.opt(2, () => {
      elements = g.list(0, () =>
        g.alt<Expr>(3, [{ ALT: () => g.sub(4, r.arrayElements, g.mark()) }, { ALT: () => g.sub(5, r.expr, 0) }]),
      )
    })
    g.shallower()
    g.eat(6, T.RBracket)
    return { kind: 'array', elements, span: g.span(start) }
  })

  r.sqlValue = g.rule('sqlValue', (): Expr => {
    const start = g.mark()
    const value = (token: SqlToken): Expr => ({
      kind: 'sqlValue',
      name: token.value as SqlValue['name'],
      span: g.span(start),
    })
    const timed = (token: SqlToken, precision: number | undefined): Expr => ({
      kind: 'sqlValue',
      name: token.value as SqlValue['name'],
      ...(precision !== undefined && { precision }),
      span: g.span(start),
    })
    return g.alt<Expr>(1, [
      { ALT: () => value(g.eat(2, T.CURRENT_DATE)) },
      { ALT: () => timed(g.eat(3, T.CURRENT_TIME), g.sub(4, r.precision)) },
      { ALT: () => timed(g.eat(5, T.CURRENT_TIMESTAMP), g.sub(6, r.precision)) },
      { ALT: () => timed(g.eat(7, T.LOCALTIME), g.sub(8, r.precision)) },
      { ALT: () => timed(g.eat(9, T.LOCALTIMESTAMP), g.sub(10, r.precision)) },
      { ALT: () => value(g.eat(11, T.CURRENT_ROLE)) },
      { ALT: () => value(g.eat(12, T.CURRENT_USER)) },
      { ALT: () => value(g.eat(13, T.USER)) },
      { ALT: () => value(g.eat(14, T.SESSION_USER)) },
      { ALT: () => value(g.eat(15, T.SYSTEM_USER)) },
      { ALT: () => value(g.eat(16, T.CURRENT_CATALOG)) },
    ])
  })

  r.lambda = g.rule('lambda', (): Expr => {
    const start = g.mark()
    g.eat(1, T.Pipe)
    const params = g.list(0, () => g.ident(g.eat(2, ColId)))
    g.eat(3, T.Pipe)
    return { kind: 'lambda', params, body: g.sub(4, r.expr, 0), span: g.span(start) }
  })

  /** A column, a call, a typed literal, `t.*`: all begin with a word, what follows tells. */
  r.wordExpr = g.rule('wordExpr', (): Expr => {
    const start = g.mark()
    const first = g.token(1)
    if (!g.recording && first.tokenType !== Identifier) {
      if (first.tokenType === T.INTERVAL && !first.quoted && intervalFollows()) return g.sub(1, r.intervalLiteral)
      if (first.tokenType === T.MAP && (g.peek(2) === T.LBrace || g.peek(2) === T.LBracket)) return g.sub(2, r.mapExpr)
      if (first.tokenType === T.CURRENT_SCHEMA && g.peek(2) !== T.LParen) {
        g.eat(3, TypeFunc)
        return { kind: 'sqlValue', name: 'current_schema', span: g.span(start) }
      }
      if (typedLiteralFollows()) {
        const type = g.sub(4, r.typeName)
        return { kind: 'typedLiteral', type, value: g.eat(5, T.String).value, span: g.span(start) }
      }
    }
    const parts: Ident[] = [
      g.ident(g.alt(6, [{ ALT: () => g.eat(7, ColId) }, { ALT: () => g.eat(8, TypeFunc), IGNORE_AMBIGUITIES: true }])),
    ]
    g.loopIf(
      9,
      () => g.peek(2) !== T.Star,
      () => {
        g.eat(10, T.Dot)
        parts.push(g.ident(g.eat(11, ColLabel)))
      },
    )
    const single = parts.length === 1
    const next = g.peek(1)
    if (
      next === T.LParen &&
      !(single && is(first.tokenType, ColId) && !is(first.tokenType, TypeFunc) && typeWord(first))
    ) {
      const name: Name = { kind: 'name', parts, span: g.span(start) }
      return g.sub(12, r.callTail, name, start)
    }
    if (next === T.String && !g.recording) {
      const span = g.span(start)
      const type = r.typeOf(parts, span)
      return { kind: 'typedLiteral', type, value: g.eat(13, T.String).value, span: g.span(start) }
    }
    // A word of the function class is no column: `SELECT left` fails at what follows, as in PostgreSQL.
    if (single && !is(first.tokenType, ColId)) g.fail()
    if (next === T.Dot && g.peek(2) === T.Star && !g.recording) {
      g.words(14, T.Dot, T.Star)
      return { kind: 'star', qualifier: parts, except: g.sub(15, r.starExcept), span: g.span(start) }
    }
    return { kind: 'column', parts, span: g.span(start) }
  })

  const typeWords = new Set([
    T.BIGINT,
    T.BIT,
    T.BOOLEAN,
    T.CHAR,
    T.CHARACTER,
    T.DEC,
    T.DECIMAL,
    T.FLOAT,
    T.INT,
    T.INTEGER,
    T.INTERVAL,
    T.NATIONAL,
    T.NCHAR,
    T.NUMERIC,
    T.REAL,
    T.SMALLINT,
    T.TIME,
    T.TIMESTAMP,
    T.VARCHAR,
    T.JSON,
  ])
  function typeWord(token: SqlToken) {
    return typeWords.has(token.tokenType)
  }

  /** `type 'text'` where the type takes more than a name: the whole type, then a string. */
  function typedLiteralFollows(): boolean {
    const type = g.peek(1)
    let n = 2
    if (type === T.DOUBLE && g.peek(2) === T.PRECISION) n = 3
    else if (!typeWord(g.token(1))) return false
    if (type === T.INTERVAL) return false
    if (type === T.NATIONAL) n++
    if (g.peek(n) === T.VARYING) n++
    if (g.peek(n) === T.LParen) n = g.behind(n)
    if ((type === T.TIME || type === T.TIMESTAMP) && n > 0) {
      if ((g.peek(n) === T.WithType || g.peek(n) === T.WITHOUT) && g.peek(n + 1) === T.TIME) n += 3
    }
    return n > 0 && g.peek(n) === T.String
  }
  function intervalFollows() {
    const next = g.peek(2)
    if (next === T.String) return true
    if (next === T.Number) return r.isUnit(g.token(3))
    if (next === T.Minus && g.peek(3) === T.Number) return r.isUnit(g.token(4))
    return next === T.LParen && g.peek(3) === T.Number && g.peek(4) === T.RParen && g.peek(5) === T.String
  }

  /** `* EXCEPT (a, t.b)` */
  r.starExcept = g.rule('starExcept', () => {
    return (
      g.optIf(
        1,
        () => g.peek(2) === T.LParen && !g.queryAt(2),
        () => {
          g.words(2, T.EXCEPT, T.LParen)
          const columns = g.list(0, () => g.sub(3, r.columnRef))
          g.eat(4, T.RParen)
          return columns
        },
      ) ?? []
    )
  })

  r.mapExpr = g.rule('mapExpr', (): Expr => {
    const start = g.mark()
    const entries: { key: Expr; value: Expr }[] = []
    g.eat(1, T.MAP)
    g.alt(2, [
      {
        ALT: () => {
          g.eat(3, T.LBrace)
          g.opt(4, () =>
            g.list(0, () => {
              const key = g.sub(5, r.expr, 0)
              g.eat(6, T.Colon)
              entries.push({ key, value: g.sub(7, r.expr, 0) })
            }),
          )
          g.eat(8, T.RBrace)
        },
      },
      {
        ALT: () => {
          g.eat(9, T.LBracket)
          g.opt(10, () =>
            g.list(1, () => {
              const key = g.sub(11, r.expr, 0)
              g.alt(12, [{ ALT: () => g.eat(13, T.Arrow) }, { ALT: () => g.eat(14, T.Comma) }])
              entries.push({ key, value: g.sub(15, r.expr, 0) })
            }),
          )
          g.eat(16, T.RBracket)
        },
      },
    ])
    return { kind: 'map', entries, span: g.span(start) }
  })

  r.callTail = g.rule('callTail', (name: Name, start: number): Expr => {
    const call: Call = {
      kind: 'call',
      name,
      args: [],
      star: false,
      distinct: false,
      orderBy: [],
      withinGroup: false,
      span: name?.span,
    }
    g.eat(1, T.LParen)
    g.opt(2, () =>
      g.alt(3, [
        { ALT: () => g.eat(4, T.Star) && (call.star = true) },
        {
          ALT: () => {
            g.opt(5, () =>
              g.alt(6, [
                { ALT: () => g.eat(7, T.DISTINCT) && (call.distinct = true) },
                { ALT: () => g.eat(8, T.ALL) && (call.all = true) },
              ]),
            )
            call.args = g.list(0, () => g.sub(9, r.argument))
            g.opt(10, () => (call.orderBy = g.sub(11, r.orderBy)))
          },
        },
      ]),
    )
    const nullTreatment = g.opt(12, () => g.sub(13, r.nullTreatment))
    if (nullTreatment) call.nulls = nullTreatment
    g.eat(14, T.RParen)
    if (!g.recording && r.isDescriptor(call)) {
      const columns = call.args.map((a) => (a.value.kind === 'column' ? a.value.parts[0] : call.name.parts[0]))
      return { kind: 'descriptor', columns, span: g.span(start) }
    }
    if (!g.recording && typedCallFollows(call)) {
      const type = r.typeOf(name.parts, name.span)
      type.typmods = call.args.map((a) => r.typmod(a.value))
      type.span = g.span(start)
      return { kind: 'typedLiteral', type, value: g.eat(15, T.String).value, span: g.span(start) }
    }
    g.optIf(
      16,
      () => g.peek(2) === T.GROUP,
      () => {
        g.words(17, T.WITHIN, T.GROUP, T.LParen)
        call.orderBy = g.sub(18, r.orderBy)
        call.withinGroup = true
        g.eat(19, T.RParen)
      },
    )
    g.optIf(
      20,
      () => g.peek(2) === T.LParen,
      () => {
        g.words(21, T.FILTER, T.LParen, T.WHERE)
        call.filter = g.sub(22, r.expr, 0)
        g.eat(23, T.RParen)
      },
    )
    g.optIf(
      24,
      () => g.peek(2) === T.NULLS,
      () => {
        call.nulls = g.sub(25, r.nullTreatment)
      },
    )
    g.opt(26, () => {
      g.eat(27, T.OVER)
      call.over = g.alt<NonNullable<Call['over']>>(28, [
        { ALT: () => g.sub(29, r.windowSpec) },
        { ALT: () => g.ident(g.eat(30, ColId)) },
      ])
    })
    call.span = g.span(start)
    return call
  })

  r.nullTreatment = g.rule('nullTreatment', () => {
    const nulls = g.alt<'IGNORE' | 'RESPECT'>(1, [
      { ALT: () => g.eat(2, T.IGNORE) && 'IGNORE' },
      { ALT: () => g.eat(3, T.RESPECT) && 'RESPECT' },
    ])
    g.eat(4, T.NULLS)
    return nulls
  })

  /** `numeric(3, 1) '1.2'`: constants in parentheses, then a string. */
  function typedCallFollows(call: Call) {
    return (
      g.peek(1) === T.String &&
      !call.star &&
      !call.distinct &&
      call.args.every((a) => !a.name && (a.value.kind === 'number' || a.value.kind === 'string'))
    )
  }

  r.argument = g.rule('argument', (): Arg => {
    const start = g.mark()
    const variadic = g.flag(1, T.VARIADIC)
    const name = g.optIf(
      2,
      () => g.peek(2) === T.Arrow || g.peek(2) === T.Assign,
      () => {
        const token = g.alt<SqlToken>(3, [
          { ALT: () => g.eat(4, ColId) },
          { ALT: () => g.eat(5, TypeFunc), IGNORE_AMBIGUITIES: true },
        ])
        g.alt(6, [{ ALT: () => g.eat(7, T.Arrow) }, { ALT: () => g.eat(8, T.Assign) }])
        return g.ident(token)
      },
    )
    const value = g.alt<Expr>(9, [{ ALT: () => g.sub(10, r.tableArg) }, { ALT: () => g.sub(11, r.expr, 0) }])
    return { kind: 'arg', ...(name && { name }), ...(variadic && { variadic }), value, span: g.span(start) }
  })

  r.tableArg = g.rule('tableArg', (): Expr => {
    const start = g.mark()
    g.eat(1, T.TABLE)
    const source = g.alt<object>(2, [
      {
        ALT: () => {
          g.eat(3, T.LParen)
          const query = g.sub(4, r.query)
          g.eat(5, T.RParen)
          return { query }
        },
      },
      { ALT: () => ({ table: g.sub(6, r.name) }) },
    ])
    let partitionBy: Expr[] = []
    g.opt(7, () => {
      g.words(8, T.PARTITION, T.BY)
      partitionBy = g.sub(9, r.exprList)
    })
    const orderBy = g.opt(10, () => g.sub(11, r.orderBy)) ?? []
    return { kind: 'tableArg', ...source, partitionBy, orderBy, span: g.span(start) }
  })

  r.exprList = g.rule('exprList', () => g.list(0, () => g.sub(1, r.expr, 0)))
}
