// What stands behind an operand: operators, tests, casts, subscripts.
import type { Expr, Is, Like, Quantified } from './ast.ts'
import type { Ident } from './ast-base.ts'
import type { SqlParser } from './parser.ts'
import { prec } from './precedence.ts'
import type { Rules } from './rules.ts'
import { ColLabel, T } from './tokens.ts'

export function operatorRules(g: SqlParser, r: Rules) {
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
        ALT: () => {
          const at = g.mark()
          g.eat(2, T.DoubleColon)
          const opSpan = g.span(at)
          return { kind: 'cast', operand: left, type: g.sub(3, r.typeName), style: '::', opSpan, span: g.span(start) }
        },
      },
      {
        ALT: () => {
          g.eat(4, T.COLLATE)
          return { kind: 'collate', operand: left, collation: g.sub(5, r.name), span: g.span(start) }
        },
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
    const at = g.mark()
    const negated = g.flag(1, T.NotOp)
    return g.alt<Expr>(2, [
      {
        ALT: () => {
          g.eat(3, T.BETWEEN)
          const opSpan = g.span(at)
          const symmetric = g.flag(4, T.SYMMETRIC)
          g.flag(5, T.ASYMMETRIC)
          const low = g.sub(6, r.expr, prec.is, true)
          g.eat(7, T.AND)
          const high = g.sub(8, r.expr, prec.like + 1)
          return { kind: 'between', operand: left, low, high, negated, symmetric, opSpan, span: g.span(start) }
        },
      },
      {
        ALT: () => {
          g.eat(9, T.IN)
          const opSpan = g.span(at)
          const isQuery = g.queryAt(1)
          g.eat(10, T.LParen)
          return g.alt<Expr>(11, [
            {
              GATE: () => isQuery,
              ALT: () => {
                const query = g.sub(12, r.query)
                g.eat(13, T.RParen)
                return { kind: 'inSubquery', operand: left, query, negated, opSpan, span: g.span(start) }
              },
              IGNORE_AMBIGUITIES: true,
            },
            {
              ALT: () => {
                const list = g.list(0, () => g.sub(14, r.expr, 0))
                g.eat(15, T.RParen)
                return { kind: 'inList', operand: left, list, negated, opSpan, span: g.span(start) }
              },
            },
          ])
        },
      },
      { ALT: () => g.eat(16, T.LIKE) && g.sub(17, r.likeTail, left, 'LIKE', negated, start, at) },
      { ALT: () => g.eat(18, T.ILIKE) && g.sub(19, r.likeTail, left, 'ILIKE', negated, start, at) },
      { ALT: () => g.words(20, T.SIMILAR, T.TO) && g.sub(21, r.likeTail, left, 'SIMILAR TO', negated, start, at) },
      {
        ALT: () => {
          const word = g.mark()
          const token = g.eat(22, T.OVERLAPS)
          const opSpan = g.span(word)
          const right = g.sub(23, r.primary)
          const sides = left?.kind === 'row' && right.kind === 'row' ? [left.fields, right.fields] : undefined
          if (!g.recording && !(sides?.[0].length === 2 && sides[1].length === 2)) throw g.unexpected(token)
          return { kind: 'overlaps', left: sides?.[0] ?? [], right: sides?.[1] ?? [], opSpan, span: g.span(start) }
        },
      },
    ])
  })

  r.likeTail = g.rule('likeTail', (left: Expr, op: Like['op'], negated: boolean, start: number, at: number): Expr => {
    const opSpan = g.span(at)
    const type = g.peek(1)
    if ((type === T.ANY || type === T.ALL || type === T.SOME) && !g.recording) {
      return g.sub(1, r.quantified, left, negated ? `NOT ${op}` : op, undefined, opSpan, start)
    }
    const pattern = g.sub(2, r.expr, prec.like + 1)
    const escapedBy = g.opt(3, () => g.eat(4, T.ESCAPE) && g.sub(5, r.expr, prec.like + 1))
    return {
      kind: 'like',
      op,
      operand: left,
      pattern,
      ...(escapedBy && { escape: escapedBy }),
      negated,
      opSpan,
      span: g.span(start),
    }
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
    const at = g.mark()
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
                const opSpan = g.span(at)
                const right = g.sub(22, r.expr, prec.is + 1, restricted)
                return { kind: 'isDistinct', left, right, negated, opSpan, span: g.span(start) }
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
