// Expressions by precedence. One rule climbs; what an operator takes is in rules-operator.ts.
import type { Expr } from './ast.ts'
import type { Ident } from './ast-base.ts'
import type { SqlParser } from './parser.ts'
import { prec, precOf, restrictedOut } from './precedence.ts'
import type { NamedOperator } from './rule-types.ts'
import type { Rules } from './rules.ts'
import { AnyOperator, ColLabel, Identifier, PrefixOperator, T } from './tokens.ts'

export function expressionRules(g: SqlParser, r: Rules) {
  const allowed = (min: number, restricted: boolean, blocked: number) => {
    const type = g.peek(1)
    const p = precOf[type.tokenTypeIdx as number]
    if (p === undefined || p < min || p === blocked) return false
    if (type === T.AT) return !restricted && (g.peek(2) === T.TIME || g.peek(2) === T.LOCAL)
    if (type === T.OPERATOR) return g.peek(2) === T.LParen
    // SUBSTRING (x SIMILAR p ESCAPE e) has the word alone.
    if (type === T.SIMILAR && g.peek(2) !== T.TO) return false
    if (
      restricted &&
      (restrictedOut.has(type) || (type === T.IS && g.peek(2) !== T.DISTINCT && g.peek(3) !== T.DISTINCT))
    )
      return false
    return true
  }

  r.expr = g.rule('expr', (min: number = 0, restricted: boolean = false): Expr => {
    const start = g.mark()
    const fresh = min === 0
    if (fresh) g.deeper()
    const first = g.peek(1)
    const operand =
      !g.recording && (first === Identifier || first === T.Number || first === T.String)
        ? g.sub(101, r.primary)
        : g.alt<Expr>(1, [
            { ALT: () => g.sub(2, r.notExpr) },
            { ALT: () => g.sub(3, r.signExpr, restricted), IGNORE_AMBIGUITIES: true },
            { ALT: () => g.sub(4, r.primary) },
          ])
    const climbs = g.recording || allowed(min, restricted, -1)
    const expr = climbs ? climb(operand, start, min, restricted) : operand
    if (fresh) g.shallower()
    return expr
  })

  /** Takes operators as long as they bind tightly enough. */
  function climb(operand: Expr, start: number, min: number, restricted: boolean): Expr {
    let left = operand
    // A non-associative operator refuses its equal as the next one: `a < b < c`.
    let blocked = -1
    let length = 0
    const tail = () => {
      // AND and OR grow one flat node.
      if (g.peek(1) !== T.AND && g.peek(1) !== T.OR) g.chain(++length)
      const p = precOf[g.peek(1).tokenTypeIdx as number]
      blocked = -1
      left = g.alt<Expr>(6, [
        { ALT: () => g.sub(7, r.binaryTail, left, start, p, restricted) },
        { ALT: () => g.sub(8, r.logicTail, left, start) },
        { ALT: () => g.sub(9, r.postfixTail, left, start) },
        {
          ALT: () => {
            const before = g.peek(2) === T.IN || g.peek(1) === T.IN
            const e = g.sub(10, r.testTail, left, start)
            if (!before) blocked = prec.like
            return e
          },
        },
        {
          ALT: () => {
            const e = g.sub(11, r.isTail, left, start, restricted)
            if (e.kind === 'isDistinct') blocked = prec.is
            return e
          },
        },
      ])
      if (p === prec.compare) blocked = p
    }
    // Whatever `allowed` lets through begins a tail.
    if (g.recording) g.loop(5, tail)
    else
      do tail()
      while (allowed(min, restricted, blocked))
    return left
  }

  r.notExpr = g.rule('notExpr', (): Expr => {
    const start = g.mark()
    g.alt(1, [{ ALT: () => g.eat(2, T.NOT) }, { ALT: () => g.eat(3, T.NotOp) }])
    g.deeper()
    const operand = g.sub(4, r.expr, prec.not)
    g.shallower()
    return { kind: 'not', operand, span: g.span(start) }
  })

  r.signExpr = g.rule('signExpr', (restricted: boolean): Expr => {
    const start = g.mark()
    const sign = g.peek(1) === T.Plus || g.peek(1) === T.Minus
    const op = g.sub(1, r.prefixOperator)
    g.deeper()
    const operand = g.sub(2, r.expr, sign ? prec.sign : prec.operator, restricted)
    g.shallower()
    return {
      kind: 'unary',
      op: op.op,
      ...(op.schema && { schema: op.schema }),
      operand,
      opSpan: op.span,
      span: g.span(start),
    }
  })

  r.operator = g.rule('operator', (): NamedOperator => {
    const start = g.mark()
    return g.alt<NamedOperator>(1, [
      { ALT: () => ({ op: g.eat(2, AnyOperator).value, span: g.span(start) }) },
      { ALT: () => g.sub(3, r.namedOperator) },
    ])
  })

  r.prefixOperator = g.rule('prefixOperator', (): NamedOperator => {
    const start = g.mark()
    return g.alt<NamedOperator>(1, [
      { ALT: () => ({ op: g.eat(2, PrefixOperator).value, span: g.span(start) }) },
      { ALT: () => g.sub(3, r.namedOperator) },
    ])
  })

  r.namedOperator = g.rule('namedOperator', (): NamedOperator => {
    const start = g.mark()
    const schema: Ident[] = []
    g.words(1, T.OPERATOR, T.LParen)
    g.loop(2, () => {
      schema.push(g.ident(g.eat(3, ColLabel)))
      g.eat(4, T.Dot)
    })
    const op = g.eat(5, AnyOperator).value
    g.eat(6, T.RParen)
    return { op, schema, span: g.span(start) }
  })
}
