// ALTER TABLE: columns and constraints.
import type { Ident } from './ast-base.ts'
import type { AlterAction } from './ast-ddl.ts'
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import { ColId, T } from './tokens.ts'

export function alterTableRules(g: SqlParser, r: Rules) {
  r.alterAdd = g.rule('alterAdd', (): AlterAction => {
    const s = g.mark()
    g.eat(1, T.ADD)
    return g.alt<AlterAction>(2, [
      { ALT: () => ({ kind: 'addConstraint', constraint: g.sub(3, r.tableConstraint), span: g.span(s) }) },
      {
        GATE: () => g.peek(2) === T.FOR,
        ALT: () => ({ kind: 'addWatermark', watermark: g.sub(4, r.watermark), span: g.span(s) }),
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: () => g.peek(2) === T.String || g.peek(2) === T.IF,
        ALT: () => {
          g.eat(5, T.VALUE)
          const ifNotExists = g.sub(6, r.ifNotExists)
          const value = g.eat(7, T.String).value
          const place = g.opt(8, () =>
            g.alt<object>(9, [
              { ALT: () => g.eat(10, T.BEFORE) && { before: g.eat(11, T.String).value } },
              { ALT: () => g.eat(12, T.AFTER) && { after: g.eat(13, T.String).value } },
            ]),
          )
          return { kind: 'addValue', ...(ifNotExists && { ifNotExists }), value, ...place, span: g.span(s) }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        ALT: () => {
          g.flag(14, T.COLUMN)
          const ifNotExists = g.sub(15, r.ifNotExists)
          const column = g.sub(16, r.columnDef)
          return { kind: 'addColumn', ...(ifNotExists && { ifNotExists }), column, span: g.span(s) }
        },
      },
    ])
  })

  r.alterDrop = g.rule('alterDrop', (): AlterAction => {
    const s = g.mark()
    g.eat(1, T.DROP)
    return g.alt<AlterAction>(2, [
      {
        ALT: () => {
          g.eat(3, T.CONSTRAINT)
          const ifExists = g.sub(4, r.ifExists)
          const constraint = g.ident(g.eat(5, ColId))
          const behavior = g.sub(6, r.behavior)
          return {
            kind: 'dropConstraint',
            ...(ifExists && { ifExists }),
            constraint,
            ...(behavior && { behavior }),
            span: g.span(s),
          }
        },
      },
      { ALT: () => g.eat(12, T.DEFAULT) && { kind: 'dropDomainDefault', span: g.span(s) } },
      { ALT: () => g.words(13, T.NOT, T.NULL) && { kind: 'setDomainNotNull', notNull: false, span: g.span(s) } },
      { ALT: () => g.eat(7, T.WATERMARK) && { kind: 'dropWatermark', span: g.span(s) }, IGNORE_AMBIGUITIES: true },
      {
        ALT: () => {
          g.flag(8, T.COLUMN)
          const ifExists = g.sub(9, r.ifExists)
          const column = g.ident(g.eat(10, ColId))
          const behavior = g.sub(11, r.behavior)
          return {
            kind: 'dropColumn',
            ...(ifExists && { ifExists }),
            column,
            ...(behavior && { behavior }),
            span: g.span(s),
          }
        },
      },
    ])
  })

  r.alterColumn = g.rule('alterColumn', (): AlterAction => {
    const s = g.mark()
    g.eat(1, T.ALTER)
    g.flag(2, T.COLUMN)
    const column: Ident = g.ident(g.eat(3, ColId))
    return g.alt<AlterAction>(4, [
      {
        ALT: () => {
          g.eat(5, T.SET)
          return g.alt<AlterAction>(6, [
            {
              ALT: () => {
                g.eat(7, T.DEFAULT)
                return { kind: 'setDefault', column, expr: g.sub(8, r.expr, 0), span: g.span(s) }
              },
            },
            { ALT: () => g.words(9, T.NOT, T.NULL) && { kind: 'setNotNull', column, span: g.span(s) } },
            { ALT: () => g.eat(10, T.DATA) && g.sub(11, r.columnTypeChange, column, s) },
          ])
        },
      },
      {
        ALT: () => {
          g.eat(12, T.DROP)
          return g.alt<AlterAction>(13, [
            { ALT: () => g.eat(14, T.DEFAULT) && { kind: 'dropDefault', column, span: g.span(s) } },
            { ALT: () => g.words(15, T.NOT, T.NULL) && { kind: 'dropNotNull', column, span: g.span(s) } },
          ])
        },
      },
      { ALT: () => g.sub(16, r.columnTypeChange, column, s) },
    ])
  })

  r.columnTypeChange = g.rule('columnTypeChange', (column: Ident, start: number): AlterAction => {
    g.eat(1, T.TYPE)
    const type = g.sub(2, r.typeName)
    const collation = g.opt(3, () => g.eat(4, T.COLLATE) && g.sub(5, r.name))
    const using = g.opt(6, () => g.eat(7, T.USING) && g.sub(8, r.expr, 0))
    return {
      kind: 'columnType',
      column,
      type,
      ...(collation && { collation }),
      ...(using && { using }),
      span: g.span(start),
    }
  })
}
