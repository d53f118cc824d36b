// SQL/JSON: JSON_VALUE and its kin, constructors, aggregates. Each word comes here with its parenthesis only.
import type { Expr, WindowSpec } from './ast.ts'
import type { Ident } from './ast-base.ts'
import type {
  JsonBehavior,
  JsonFormat,
  JsonFunction,
  JsonMember,
  JsonOutput,
  JsonPassing,
  JsonValue,
  JsonWrapper,
} from './ast-sql-json.ts'
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import { ColId, ColLabel, T } from './tokens.ts'

export function jsonRules(g: SqlParser, r: Rules) {
  r.jsonExpr = g.rule('jsonExpr', (): Expr => {
    const start = g.mark()
    return g.alt<Expr>(1, [
      { ALT: () => g.sub(22, r.jsonTable) },
      { ALT: () => g.eat(2, T.JSON_VALUE) && g.sub(3, r.jsonFunction, 'VALUE', start) },
      { ALT: () => g.eat(4, T.JSON_QUERY) && g.sub(5, r.jsonFunction, 'QUERY', start) },
      { ALT: () => g.eat(6, T.JSON_EXISTS) && g.sub(7, r.jsonFunction, 'EXISTS', start) },
      { ALT: () => g.sub(8, r.jsonObject) },
      { ALT: () => g.sub(9, r.jsonArray) },
      { ALT: () => g.sub(10, r.jsonAggregate) },
      {
        ALT: () => {
          g.words(11, T.JsonCall, T.LParen)
          const value = g.sub(12, r.jsonValue)
          const unique = g.sub(13, r.jsonUnique)
          g.eat(14, T.RParen)
          return { kind: 'jsonOf', op: 'JSON', value, unique, span: g.span(start) }
        },
      },
      {
        ALT: () => {
          g.words(15, T.JSON_SCALAR, T.LParen)
          const at = g.mark()
          const expr = g.sub(16, r.expr, 0)
          const value: JsonValue = { kind: 'jsonValue', expr, span: g.span(at) }
          g.eat(17, T.RParen)
          return { kind: 'jsonOf', op: 'SCALAR', value, unique: false, span: g.span(start) }
        },
      },
      {
        ALT: () => {
          g.words(18, T.JSON_SERIALIZE, T.LParen)
          const value = g.sub(19, r.jsonValue)
          const returning = g.sub(20, r.jsonReturning)
          g.eat(21, T.RParen)
          return {
            kind: 'jsonOf',
            op: 'SERIALIZE',
            value,
            unique: false,
            ...(returning && { returning }),
            span: g.span(start),
          }
        },
      },
    ])
  })

  r.jsonFormat = g.rule('jsonFormat', (): JsonFormat => {
    g.words(1, T.FORMAT, T.JSON)
    const encoding = g.opt(2, () => g.eat(3, T.ENCODING) && g.eat(4, ColId).value)
    return encoding === undefined ? {} : { encoding }
  })

  r.jsonValue = g.rule('jsonValue', (): JsonValue => {
    const start = g.mark()
    const expr = g.sub(1, r.expr, 0)
    const format = g.opt(2, () => g.sub(3, r.jsonFormat))
    return { kind: 'jsonValue', expr, ...(format && { format }), span: g.span(start) }
  })

  r.jsonReturning = g.rule('jsonReturning', (): JsonOutput | undefined =>
    g.opt(1, () => {
      const start = g.mark()
      g.eat(2, T.RETURNING)
      const type = g.sub(3, r.typeName)
      const format = g.opt(4, () => g.sub(5, r.jsonFormat))
      return { kind: 'jsonOutput', type, ...(format && { format }), span: g.span(start) }
    }),
  )

  r.jsonPassing = g.rule(
    'jsonPassing',
    (): JsonPassing[] =>
      g.opt(1, () => {
        g.eat(2, T.PASSING)
        return g.list(0, (): JsonPassing => {
          const start = g.mark()
          const value = g.sub(3, r.jsonValue)
          g.eat(4, T.AS)
          return { kind: 'jsonPassing', value, name: g.ident(g.eat(5, ColLabel)), span: g.span(start) }
        })
      }) ?? [],
  )

  r.jsonWrapper = g.rule('jsonWrapper', (): JsonWrapper | undefined =>
    g.opt(1, () =>
      g.alt<JsonWrapper>(2, [
        {
          ALT: () => {
            g.eat(3, T.WITHOUT)
            g.flag(4, T.ARRAY)
            g.eat(5, T.WRAPPER)
            return 'NONE'
          },
        },
        {
          ALT: () => {
            g.eat(6, T.WITH)
            const conditional = g.flag(7, T.CONDITIONAL)
            if (!conditional) g.flag(8, T.UNCONDITIONAL)
            g.flag(9, T.ARRAY)
            g.eat(10, T.WRAPPER)
            return conditional ? 'CONDITIONAL' : 'UNCONDITIONAL'
          },
        },
      ]),
    ),
  )

  r.jsonQuotes = g.rule('jsonQuotes', (): 'KEEP' | 'OMIT' | undefined =>
    g.opt(1, () => {
      const quotes = g.alt<'KEEP' | 'OMIT'>(2, [
        { ALT: () => g.eat(3, T.KEEP) && 'KEEP' },
        { ALT: () => g.eat(4, T.OMIT) && 'OMIT' },
      ])
      g.eat(5, T.QUOTES)
      g.opt(6, () => g.words(7, T.ON, T.SCALAR, T.STRING))
      return quotes
    }),
  )

  r.jsonBehavior = g.rule('jsonBehavior', (): JsonBehavior => {
    const start = g.mark()
    const of = (what: JsonBehavior['what'], expr?: Expr): JsonBehavior => ({
      kind: 'jsonBehavior',
      what,
      ...(expr && { expr }),
      span: g.span(start),
    })
    return g.alt<JsonBehavior>(1, [
      { ALT: () => g.eat(2, T.DEFAULT) && of('DEFAULT', g.sub(3, r.expr, 0)) },
      { ALT: () => g.eat(4, T.ERROR) && of('ERROR') },
      { ALT: () => g.eat(5, T.NULL) && of('NULL') },
      { ALT: () => g.eat(6, T.TRUE) && of('TRUE') },
      { ALT: () => g.eat(7, T.FALSE) && of('FALSE') },
      { ALT: () => g.eat(8, T.UNKNOWN) && of('UNKNOWN') },
      {
        ALT: () => {
          g.eat(9, T.EMPTY)
          if (g.flag(10, T.OBJECT)) return of('EMPTY OBJECT')
          g.flag(11, T.ARRAY)
          return of('EMPTY ARRAY')
        },
      },
    ])
  })

  r.jsonBehaviors = g.rule('jsonBehaviors', () => {
    const found: { onEmpty?: JsonBehavior; onError?: JsonBehavior } = {}
    g.opt(1, () => {
      const first = g.sub(2, r.jsonBehavior)
      g.eat(3, T.ON)
      g.alt(4, [
        {
          ALT: () => {
            g.eat(5, T.EMPTY)
            found.onEmpty = first
            g.opt(6, () => {
              found.onError = g.sub(7, r.jsonBehavior)
              g.words(8, T.ON, T.ERROR)
            })
          },
        },
        { ALT: () => g.eat(9, T.ERROR) && (found.onError = first) },
      ])
    })
    return found
  })

  r.jsonFunction = g.rule('jsonFunction', (op: JsonFunction['op'], start: number): JsonFunction => {
    g.eat(1, T.LParen)
    const context = g.sub(2, r.jsonValue)
    g.eat(3, T.Comma)
    const path = g.sub(4, r.expr, 0)
    const passing = g.sub(5, r.jsonPassing)
    const returning = op === 'EXISTS' ? undefined : g.sub(6, r.jsonReturning)
    const wrapper = op === 'QUERY' ? g.sub(7, r.jsonWrapper) : undefined
    const quotes = op === 'QUERY' ? g.sub(8, r.jsonQuotes) : undefined
    const behaviors = g.sub(9, r.jsonBehaviors)
    if (op === 'EXISTS' && behaviors.onEmpty && !g.recording) g.fail()
    g.eat(10, T.RParen)
    return {
      kind: 'jsonFunction',
      op,
      context,
      path,
      passing,
      ...(returning && { returning }),
      ...(wrapper && { wrapper }),
      ...(quotes && { quotes }),
      ...behaviors,
      span: g.span(start),
    }
  })

  r.jsonNulls = g.rule('jsonNulls', (): 'NULL' | 'ABSENT' | undefined =>
    g.opt(1, () => {
      const nulls = g.alt<'NULL' | 'ABSENT'>(2, [
        { ALT: () => g.eat(3, T.NULL) && 'NULL' },
        { ALT: () => g.eat(4, T.ABSENT) && 'ABSENT' },
      ])
      g.words(5, T.ON, T.NULL)
      return nulls
    }),
  )

  r.jsonUnique = g.rule('jsonUnique', (): boolean => {
    const unique = g.flag(1, T.WITH, T.UNIQUE)
    if (unique) g.flag(2, T.KEYS)
    else if (g.flag(3, T.WITHOUT, T.UNIQUE)) g.flag(4, T.KEYS)
    return unique
  })

  r.jsonMemberTail = g.rule('jsonMemberTail', (key: Expr, start: number): JsonMember => {
    g.alt(1, [{ ALT: () => g.eat(2, T.VALUE) }, { ALT: () => g.eat(3, T.Colon) }])
    const value = g.sub(4, r.jsonValue)
    return { kind: 'jsonMember', key, value, span: g.span(start) }
  })

  r.jsonObject = g.rule('jsonObject', (): Expr => {
    const start = g.mark()
    const token = g.eat(1, T.JSON_OBJECT)
    g.eat(2, T.LParen)
    const members: JsonMember[] = []
    let call: Expr | undefined
    g.optIf(
      3,
      () => g.peek(1) !== T.RParen && g.peek(1) !== T.RETURNING,
      () => {
        const at = g.mark()
        const first = g.sub(4, r.argument)
        g.alt(5, [
          {
            ALT: () => {
              members.push(g.sub(6, r.jsonMemberTail, first.value, at))
              g.loop(7, () => {
                g.eat(8, T.Comma)
                const from = g.mark()
                members.push(g.sub(9, r.jsonMemberTail, g.sub(10, r.expr, 0), from))
              })
            },
          },
          // The function of arrays of text.
          { ALT: () => (call = g.sub(11, r.callRest, start, token, first)) },
        ])
      },
    )
    if (call && !g.recording) return call
    const nulls = g.sub(12, r.jsonNulls)
    const unique = g.sub(13, r.jsonUnique)
    const returning = g.sub(14, r.jsonReturning)
    g.eat(15, T.RParen)
    return {
      kind: 'jsonObject',
      members,
      ...(nulls && { nulls }),
      unique,
      ...(returning && { returning }),
      span: g.span(start),
    }
  })

  r.jsonArray = g.rule('jsonArray', (): Expr => {
    const start = g.mark()
    g.eat(1, T.JSON_ARRAY)
    const isQuery = g.queryAt(1)
    g.eat(2, T.LParen)
    return g.alt<Expr>(3, [
      {
        GATE: () => isQuery,
        ALT: () => {
          const query = g.sub(4, r.query)
          const queryFormat = g.opt(5, () => g.sub(6, r.jsonFormat))
          const returning = g.sub(7, r.jsonReturning)
          g.eat(8, T.RParen)
          return {
            kind: 'jsonArray',
            items: [],
            query,
            ...(queryFormat && { queryFormat }),
            ...(returning && { returning }),
            span: g.span(start),
          }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        ALT: () => {
          const items =
            g.optIf(
              9,
              () => g.peek(1) !== T.RParen && g.peek(1) !== T.RETURNING,
              () => g.list(0, () => g.sub(10, r.jsonValue)),
            ) ?? []
          const nulls = g.sub(11, r.jsonNulls)
          const returning = g.sub(12, r.jsonReturning)
          g.eat(13, T.RParen)
          return {
            kind: 'jsonArray',
            items,
            ...(nulls && { nulls }),
            ...(returning && { returning }),
            span: g.span(start),
          }
        },
      },
    ])
  })

  r.jsonAggregate = g.rule('jsonAggregate', (): Expr => {
    const start = g.mark()
    const parts = g.alt<{ member?: JsonMember; value?: JsonValue }>(1, [
      {
        ALT: () => {
          g.words(2, T.JSON_OBJECTAGG, T.LParen)
          // Flink writes KEY before the key.
          g.optIf(
            3,
            () => g.peek(1) === T.KEY && g.peek(2) !== T.VALUE && g.peek(2) !== T.Colon && g.peek(2) !== T.Dot,
            () => g.eat(4, T.KEY),
          )
          const at = g.mark()
          return { member: g.sub(5, r.jsonMemberTail, g.sub(6, r.expr, 0), at) }
        },
      },
      { ALT: () => g.words(7, T.JSON_ARRAYAGG, T.LParen) && { value: g.sub(8, r.jsonValue) } },
    ])
    const orderBy =
      g.optIf(
        9,
        () => !parts.member,
        () => g.sub(10, r.orderBy),
      ) ?? []
    const nulls = g.sub(11, r.jsonNulls)
    const unique = g.sub(12, r.jsonUnique)
    const returning = g.sub(13, r.jsonReturning)
    g.eat(14, T.RParen)
    const filter = g.optIf(
      15,
      () => g.peek(2) === T.LParen,
      () => {
        g.words(16, T.FILTER, T.LParen, T.WHERE)
        const condition = g.sub(17, r.expr, 0)
        g.eat(18, T.RParen)
        return condition
      },
    )
    const over = g.opt(19, () => {
      g.eat(20, T.OVER)
      return g.alt<Ident | WindowSpec>(21, [
        { ALT: () => g.sub(22, r.windowSpec) },
        { ALT: () => g.ident(g.eat(23, ColId)) },
      ])
    })
    return {
      kind: 'jsonAggregate',
      ...(parts.member && { key: parts.member.key }),
      value: (parts.member?.value ?? parts.value) as JsonValue,
      orderBy,
      ...(nulls && { nulls }),
      unique,
      ...(returning && { returning }),
      ...(filter && { filter }),
      ...(over && { over }),
      span: g.span(start),
    }
  })
}
