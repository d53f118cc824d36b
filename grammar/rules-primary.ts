// Operands: literals, parentheses, CASE, constructors.
import type { Case, Expr } from './ast.ts'
import type { SqlValue } from './ast-leaf.ts'
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import type { SqlToken } from './token.ts'
import { ColId, Identifier, T } from './tokens.ts'

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
      // biome-ignore lint/suspicious/noThenProperty: the field is named after the SQL word; a tree is never awaited
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

  r.exprList = g.rule('exprList', () => g.list(0, () => g.sub(1, r.expr, 0)))
}
