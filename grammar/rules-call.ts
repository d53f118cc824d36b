// Calls and their arguments.
import type { Arg, Call, Expr } from './ast.ts'
import type { Name } from './ast-base.ts'
import { GrammarError, syntaxError } from './errors.ts'
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import type { SqlToken } from './token.ts'
import { ColId, T, TypeFunc } from './tokens.ts'

export function callRules(g: SqlParser, r: Rules) {
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
      const at = g.mark()
      const { value } = g.eat(15, T.String)
      return { kind: 'typedLiteral', type, value, valueSpan: g.span(at), span: g.span(start) }
    }
    g.optIf(
      16,
      () => g.peek(2) === T.GROUP,
      () => {
        if (!g.recording) refuseWithin(call, g.mark())
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

  function refuseWithin(call: Call, at: number) {
    const what =
      call.orderBy.length > 0
        ? 'multiple ORDER BY clauses'
        : call.distinct
          ? 'DISTINCT'
          : call.args.some(({ variadic }) => variadic)
            ? 'VARIADIC'
            : null
    if (what !== null) throw new GrammarError(syntaxError, `cannot use ${what} with WITHIN GROUP`, at)
  }

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
          // Reserved in PostgreSQL; Flink's windows have an argument of this name.
          { ALT: () => g.eat(14, T.OFFSET) },
        ])
        g.alt(6, [{ ALT: () => g.eat(7, T.Arrow) }, { ALT: () => g.eat(8, T.Assign) }])
        return g.ident(token)
      },
    )
    const zone = g.optIf(
      12,
      () => g.peek(1) === T.TIME && g.peek(2) === T.ZONE,
      () => {
        const at = g.mark()
        g.words(13, T.TIME, T.ZONE)
        return { kind: 'ident' as const, name: 'time_zone', quoted: false, span: g.span(at) }
      },
    )
    const value = g.alt<Expr>(9, [{ ALT: () => g.sub(10, r.tableArg) }, { ALT: () => g.sub(11, r.expr, 0) }])
    const parameter = name ?? zone
    return {
      kind: 'arg',
      ...(parameter && { name: parameter }),
      ...(variadic && { variadic }),
      value,
      span: g.span(start),
    }
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
      {
        ALT: () => {
          const table = g.sub(6, r.name)
          const alias = g.optIf(
            12,
            () => g.peek(1) === T.AS,
            () => g.sub(13, r.alias, false),
          )
          return { table, ...(alias && { alias }) }
        },
      },
    ])
    let partitionBy: Expr[] = []
    g.opt(7, () => {
      g.words(8, T.PARTITION, T.BY)
      // One key, or several in parentheses: after a comma comes the next argument.
      const key = g.sub(9, r.expr, 0)
      partitionBy = key?.kind === 'row' && !key.explicit ? key.fields : [key]
    })
    const orderBy = g.opt(10, () => g.sub(11, r.orderBy)) ?? []
    return { kind: 'tableArg', ...source, partitionBy, orderBy, span: g.span(start) }
  })
}
