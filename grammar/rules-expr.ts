// Expressions by precedence, PostgreSQL's table. One rule climbs; what an operator takes is in the rules below it.
import type { TokenType } from 'chevrotain'
import type { Expr, Is, Like, Quantified } from './ast.ts'
import type { Ident } from './ast-base.ts'
import type { SqlParser } from './parser.ts'
import type { NamedOperator } from './rule-types.ts'
import type { Rules } from './rules.ts'
import { AnyOperator, ColLabel, Identifier, PrefixOperator, T } from './tokens.ts'

/** Higher binds tighter. */
export const prec = {
  or: 1,
  and: 2,
  not: 3,
  is: 4,
  compare: 5,
  like: 6,
  operator: 8,
  add: 9,
  multiply: 10,
  power: 11,
  at: 12,
  collate: 13,
  sign: 14,
  cast: 17,
}

const infix = new Map<TokenType, number>([
  [T.OR, prec.or],
  [T.AND, prec.and],
  [T.IS, prec.is],
  [T.ISNULL, prec.is],
  [T.NOTNULL, prec.is],
  [T.Eq, prec.compare],
  [T.Lt, prec.compare],
  [T.Gt, prec.compare],
  [T.Le, prec.compare],
  [T.Ge, prec.compare],
  [T.Ne, prec.compare],
  [T.BETWEEN, prec.like],
  [T.IN, prec.like],
  [T.LIKE, prec.like],
  [T.ILIKE, prec.like],
  [T.SIMILAR, prec.like],
  [T.NotOp, prec.like],
  [T.OVERLAPS, prec.like],
  [T.Op, prec.operator],
  [T.Pipe, prec.operator],
  [T.OPERATOR, prec.operator],
  [T.Plus, prec.add],
  [T.Minus, prec.add],
  [T.Star, prec.multiply],
  [T.Slash, prec.multiply],
  [T.Percent, prec.multiply],
  [T.Caret, prec.power],
  [T.AT, prec.at],
  [T.COLLATE, prec.collate],
  [T.DoubleColon, prec.cast],
  [T.LBracket, 18],
  [T.Dot, 18],
])
/** By token type index: the climb asks for every token. */
const precOf: number[] = []
for (const [type, p] of infix) precOf[type.tokenTypeIdx as number] = p

/** PostgreSQL's b_expr, where AND, IN, LIKE and so on belong to what surrounds it. */
const restrictedOut = new Set<TokenType>([
  T.OR,
  T.AND,
  T.ISNULL,
  T.NOTNULL,
  T.BETWEEN,
  T.IN,
  T.LIKE,
  T.ILIKE,
  T.SIMILAR,
  T.NotOp,
  T.OVERLAPS,
  T.AT,
  T.COLLATE,
])

export function expressionRules(g: SqlParser, r: Rules) {
  const allowed = (min: number, restricted: boolean, blocked: number) => {
    const type = g.peek(1)
    const p = precOf[type.tokenTypeIdx as number]
    if (p === undefined || p < min || p === blocked) return false
    if (type === T.AT) return !restricted && (g.peek(2) === T.TIME || g.peek(2) === T.LOCAL)
    if (type === T.OPERATOR) return g.peek(2) === T.LParen
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
    let left =
      !g.recording && (first === Identifier || first === T.Number || first === T.String)
        ? g.sub(101, r.primary)
        : g.alt<Expr>(1, [
            { ALT: () => g.sub(2, r.notExpr) },
            { ALT: () => g.sub(3, r.signExpr, restricted), IGNORE_AMBIGUITIES: true },
            { ALT: () => g.sub(4, r.primary) },
          ])
    // A non-associative operator refuses its equal as the next one: `a < b < c`.
    let blocked = -1
    let length = 0
    g.loopIf(
      5,
      () => allowed(min, restricted, blocked),
      () => {
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
      },
    )
    if (fresh) g.shallower()
    return left
  })

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

  r.binaryTail = g.rule('binaryTail', (left: Expr, start: number, p: number, restricted: boolean): Expr => {
    const op = g.sub(1, r.operator)
    const schema = op.schema && { schema: op.schema }
    const type = g.peek(1)
    if ((type === T.ANY || type === T.ALL || type === T.SOME) && !g.recording) {
      return g.sub(2, r.quantified, left, op.op, op.schema, op.span, start)
    }
    const right = g.sub(3, r.expr, p + 1, restricted)
    return { kind: 'binary', op: op.op, ...schema, left, right, opSpan: op.span, span: g.span(start) }
  })

  r.quantified = g.rule(
    'quantified',
    (left: Expr, op: string, schema: Ident[] | undefined, opSpan, start: number): Quantified => {
      const quantifier = g.alt<'ANY' | 'ALL'>(1, [
        { ALT: () => g.eat(2, T.ANY) && 'ANY' },
        { ALT: () => g.eat(3, T.SOME) && 'ANY' },
        { ALT: () => g.eat(4, T.ALL) && 'ALL' },
      ])
      const isQuery = g.queryAt(1)
      g.eat(5, T.LParen)
      const what = g.alt<Pick<Quantified, 'query' | 'array'>>(6, [
        { GATE: () => isQuery, ALT: () => ({ query: g.sub(7, r.query) }), IGNORE_AMBIGUITIES: true },
        { ALT: () => ({ array: g.sub(8, r.expr, 0) }) },
      ])
      g.eat(9, T.RParen)
      return {
        kind: 'quantified',
        left,
        op,
        ...(schema && { schema }),
        quantifier,
        ...what,
        opSpan,
        span: g.span(start),
      }
    },
  )

  r.logicTail = g.rule('logicTail', (left: Expr, start: number): Expr => {
    return g.alt<Expr>(1, [
      { ALT: () => g.eat(2, T.AND) && join('and', left, g.sub(3, r.expr, prec.and + 1), start) },
      { ALT: () => g.eat(4, T.OR) && join('or', left, g.sub(5, r.expr, prec.or + 1), start) },
    ])
  })
  function join(kind: 'and' | 'or', left: Expr, right: Expr, start: number): Expr {
    const span = g.span(start)
    // Grown in place: a WHERE of ten thousand ORs stays one flat node.
    if (!g.recording && left.kind === kind) {
      left.args.push(right)
      left.span = span
      return left
    }
    return { kind, args: [left, right], span }
  }

  r.postfixTail = g.rule('postfixTail', (left: Expr, start: number): Expr => {
    return g.alt<Expr>(1, [
      {
        ALT: () => (
          g.eat(2, T.DoubleColon),
          { kind: 'cast', operand: left, type: g.sub(3, r.typeName), style: '::', span: g.span(start) }
        ),
      },
      {
        ALT: () => (
          g.eat(4, T.COLLATE), { kind: 'collate', operand: left, collation: g.sub(5, r.name), span: g.span(start) }
        ),
      },
      {
        ALT: () => {
          g.eat(6, T.AT)
          const zone = g.alt<Expr | undefined>(7, [
            { ALT: () => g.eat(8, T.LOCAL) && undefined },
            { ALT: () => g.words(9, T.TIME, T.ZONE) && g.sub(10, r.expr, prec.at + 1) },
          ])
          return { kind: 'atTimeZone', operand: left, ...(zone && { zone }), span: g.span(start) }
        },
      },
      { ALT: () => g.sub(11, r.subscript, left, start) },
      {
        ALT: () => {
          g.eat(12, T.Dot)
          return g.alt<Expr>(13, [
            { ALT: () => g.eat(14, T.Star) && { kind: 'fieldStar', operand: left, span: g.span(start) } },
            { ALT: () => ({ kind: 'field', operand: left, field: g.ident(g.eat(15, ColLabel)), span: g.span(start) }) },
          ])
        },
      },
    ])
  })

  r.subscript = g.rule('subscript', (left: Expr, start: number): Expr => {
    g.eat(1, T.LBracket)
    const from = g.opt(2, () => g.sub(3, r.expr, 0))
    let to: Expr | undefined
    let slice = false
    g.opt(4, () => {
      g.eat(5, T.Colon)
      slice = true
      to = g.opt(6, () => g.sub(7, r.expr, 0))
    })
    if (!slice && !from) g.fail()
    g.eat(8, T.RBracket)
    const span = g.span(start)
    if (!slice) return { kind: 'subscript', operand: left, index: from as Expr, span }
    return { kind: 'slice', operand: left, ...(from && { from }), ...(to && { to }), span }
  })

  r.testTail = g.rule('testTail', (left: Expr, start: number): Expr => {
    const negated = g.flag(1, T.NotOp)
    return g.alt<Expr>(2, [
      {
        ALT: () => {
          g.eat(3, T.BETWEEN)
          const symmetric = g.flag(4, T.SYMMETRIC)
          g.flag(5, T.ASYMMETRIC)
          const low = g.sub(6, r.expr, prec.is, true)
          g.eat(7, T.AND)
          const high = g.sub(8, r.expr, prec.like + 1)
          return { kind: 'between', operand: left, low, high, negated, symmetric, span: g.span(start) }
        },
      },
      {
        ALT: () => {
          g.eat(9, T.IN)
          const isQuery = g.queryAt(1)
          g.eat(10, T.LParen)
          return g.alt<Expr>(11, [
            {
              GATE: () => isQuery,
              ALT: () => {
                const query = g.sub(12, r.query)
                g.eat(13, T.RParen)
                return { kind: 'inSubquery', operand: left, query, negated, span: g.span(start) }
              },
              IGNORE_AMBIGUITIES: true,
            },
            {
              ALT: () => {
                const list = g.list(0, () => g.sub(14, r.expr, 0))
                g.eat(15, T.RParen)
                return { kind: 'inList', operand: left, list, negated, span: g.span(start) }
              },
            },
          ])
        },
      },
      { ALT: () => g.eat(16, T.LIKE) && g.sub(17, r.likeTail, left, 'LIKE', negated, start) },
      { ALT: () => g.eat(18, T.ILIKE) && g.sub(19, r.likeTail, left, 'ILIKE', negated, start) },
      { ALT: () => g.words(20, T.SIMILAR, T.TO) && g.sub(21, r.likeTail, left, 'SIMILAR TO', negated, start) },
      {
        ALT: () => {
          const token = g.eat(22, T.OVERLAPS)
          const right = g.sub(23, r.primary)
          const sides = left?.kind === 'row' && right.kind === 'row' ? [left.fields, right.fields] : undefined
          if (!g.recording && !(sides?.[0].length === 2 && sides[1].length === 2)) throw g.unexpected(token)
          return { kind: 'overlaps', left: sides?.[0] ?? [], right: sides?.[1] ?? [], span: g.span(start) }
        },
      },
    ])
  })

  r.likeTail = g.rule('likeTail', (left: Expr, op: Like['op'], negated: boolean, start: number): Expr => {
    const type = g.peek(1)
    if ((type === T.ANY || type === T.ALL || type === T.SOME) && !g.recording) {
      return g.sub(1, r.quantified, left, negated ? `NOT ${op}` : op, undefined, g.span(start), start)
    }
    const pattern = g.sub(2, r.expr, prec.like + 1)
    const escape = g.opt(3, () => g.eat(4, T.ESCAPE) && g.sub(5, r.expr, prec.like + 1))
    return { kind: 'like', op, operand: left, pattern, ...(escape && { escape }), negated, span: g.span(start) }
  })

  r.isTail = g.rule('isTail', (left: Expr, start: number, restricted: boolean): Expr => {
    const test = (test: Is['test'], negated: boolean, more?: Partial<Is>): Is => ({
      kind: 'is',
      operand: left,
      negated,
      test,
      ...more,
      span: g.span(start),
    })
    return g.alt<Expr>(1, [
      { ALT: () => g.eat(2, T.ISNULL) && test('NULL', false) },
      { ALT: () => g.eat(3, T.NOTNULL) && test('NULL', true) },
      {
        ALT: () => {
          g.eat(4, T.IS)
          const negated = g.flag(5, T.NOT)
          return g.alt<Expr>(6, [
            { ALT: () => g.eat(7, T.NULL) && test('NULL', negated) },
            { ALT: () => g.eat(8, T.TRUE) && test('TRUE', negated) },
            { ALT: () => g.eat(9, T.FALSE) && test('FALSE', negated) },
            { ALT: () => g.eat(10, T.UNKNOWN) && test('UNKNOWN', negated) },
            { ALT: () => g.eat(11, T.DOCUMENT) && test('DOCUMENT', negated) },
            { ALT: () => g.eat(12, T.NORMALIZED) && test('NORMALIZED', negated) },
            { ALT: () => g.eat(13, T.NFC) && g.eat(14, T.NORMALIZED) && test('NORMALIZED', negated, { form: 'NFC' }) },
            { ALT: () => g.eat(15, T.NFD) && g.eat(16, T.NORMALIZED) && test('NORMALIZED', negated, { form: 'NFD' }) },
            {
              ALT: () => g.eat(17, T.NFKC) && g.eat(18, T.NORMALIZED) && test('NORMALIZED', negated, { form: 'NFKC' }),
            },
            {
              ALT: () => g.eat(19, T.NFKD) && g.eat(20, T.NORMALIZED) && test('NORMALIZED', negated, { form: 'NFKD' }),
            },
            {
              ALT: () => {
                g.words(21, T.DISTINCT, T.FROM)
                const right = g.sub(22, r.expr, prec.is + 1, restricted)
                return { kind: 'isDistinct', left, right, negated, span: g.span(start) }
              },
            },
            {
              ALT: () => {
                g.eat(23, T.JSON)
                let kind: Is['test'] = 'JSON'
                if (g.flag(24, T.SCALAR)) kind = 'JSON SCALAR'
                if (g.flag(25, T.ARRAY)) kind = 'JSON ARRAY'
                if (g.flag(26, T.OBJECT)) kind = 'JSON OBJECT'
                g.flag(27, T.VALUE)
                const unique = g.flag(28, T.WITH, T.UNIQUE)
                if (unique) g.flag(29, T.KEYS)
                else if (g.flag(30, T.WITHOUT, T.UNIQUE)) g.flag(31, T.KEYS)
                return test(kind, negated, unique ? { uniqueKeys: true } : undefined)
              },
            },
          ])
        },
      },
    ])
  })
}
