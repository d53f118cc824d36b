// JSON_TABLE and its columns.
import type { Ident } from './ast-base.ts'
import type { JsonColumn, JsonTable } from './ast-sql-json.ts'
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import { ColId, T } from './tokens.ts'

export function jsonTableRules(g: SqlParser, r: Rules) {
  r.jsonTable = g.rule('jsonTable', (): JsonTable => {
    const start = g.mark()
    g.words(1, T.JSON_TABLE, T.LParen)
    const context = g.sub(2, r.jsonValue)
    g.eat(3, T.Comma)
    const path = g.sub(4, r.expr, 0)
    const pathName = g.opt(5, () => g.eat(6, T.AS) && g.ident(g.eat(7, ColId)))
    const passing = g.sub(8, r.jsonPassing)
    g.words(9, T.COLUMNS, T.LParen)
    const columns = g.list(0, () => g.sub(10, r.jsonColumn))
    g.eat(11, T.RParen)
    const { onEmpty, onError } = g.sub(12, r.jsonBehaviors)
    if (onEmpty && !g.recording) g.fail()
    g.eat(13, T.RParen)
    return {
      kind: 'jsonTable',
      context,
      path,
      ...(pathName && { pathName }),
      passing,
      columns,
      ...(onError && { onError }),
      span: g.span(start),
    }
  })

  r.jsonColumn = g.rule('jsonColumn', (): JsonColumn => {
    const start = g.mark()
    return g.alt<JsonColumn>(1, [
      {
        GATE: () => g.peek(1) === T.NESTED && (g.peek(2) === T.PATH || g.peek(2) === T.String),
        ALT: () => {
          g.eat(2, T.NESTED)
          g.flag(3, T.PATH)
          const path = g.eat(4, T.String).value
          const name: Ident | undefined = g.opt(5, () => g.eat(6, T.AS) && g.ident(g.eat(7, ColId)))
          g.words(8, T.COLUMNS, T.LParen)
          const columns = g.list(0, () => g.sub(9, r.jsonColumn))
          g.eat(10, T.RParen)
          return { kind: 'jsonNested', path, ...(name && { name }), columns, span: g.span(start) }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        ALT: () => {
          const name = g.ident(g.eat(11, ColId))
          return g.alt<JsonColumn>(12, [
            { ALT: () => g.words(13, T.FOR, T.ORDINALITY) && { kind: 'jsonOrdinality', name, span: g.span(start) } },
            {
              ALT: () => {
                const type = g.sub(14, r.typeName)
                const exists = g.flag(15, T.EXISTS)
                const format = exists ? undefined : g.opt(16, () => g.sub(17, r.jsonFormat))
                const path = g.opt(18, () => g.eat(19, T.PATH) && g.eat(20, T.String).value)
                const wrapper = exists ? undefined : g.sub(21, r.jsonWrapper)
                const quotes = exists ? undefined : g.sub(22, r.jsonQuotes)
                const behaviors = g.sub(23, r.jsonBehaviors)
                if (exists && behaviors.onEmpty && !g.recording) g.fail()
                return {
                  kind: 'jsonColumn',
                  name,
                  type,
                  exists,
                  ...(format && { format }),
                  ...(path !== undefined && { path }),
                  ...(wrapper && { wrapper }),
                  ...(quotes && { quotes }),
                  ...behaviors,
                  span: g.span(start),
                }
              },
            },
          ])
        },
      },
    ])
  })
}
