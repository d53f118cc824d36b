// CREATE TABLE, STREAM, SOURCE: columns, constraints, watermarks.
import type { Expr } from './ast.ts'

import type {
  ColumnConstraint,
  ColumnDef,
  ConstraintTiming,
  RefAction,
  References,
  SequenceOption,
  TableConstraint,
  TableElement,
  Watermark,
} from './ast-table.ts'
import { push, type SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import type { SqlToken } from './token.ts'
import { ColId, ColLabel, T } from './tokens.ts'

export function tableRules(g: SqlParser, r: Rules) {
  r.tableElements = g.rule('tableElements', (): TableElement[] => {
    g.eat(1, T.LParen)
    const elements = g.opt(2, () => g.list(0, () => g.sub(3, r.tableElement))) ?? []
    g.eat(4, T.RParen)
    return elements
  })

  r.tableElement = g.rule('tableElement', (): TableElement => {
    const start = g.mark()
    return g.alt<TableElement>(1, [
      { ALT: () => g.eat(2, T.Star) && { kind: 'allColumns', span: g.span(start) } },
      { ALT: () => g.sub(3, r.tableConstraint) },
      { ALT: () => g.sub(4, r.likeClause) },
      { GATE: () => g.peek(2) === T.FOR, ALT: () => g.sub(5, r.watermark), IGNORE_AMBIGUITIES: true },
      { ALT: () => g.sub(6, r.columnDef) },
    ])
  })

  r.watermark = g.rule('watermark', (): Watermark => {
    const start = g.mark()
    g.words(1, T.WATERMARK, T.FOR)
    const column = g.ident(g.eat(2, ColId))
    g.eat(3, T.AS)
    const expr = g.sub(4, r.expr, 0)
    const withTtl = g.flag(5, T.WITH, T.TTL)
    return { kind: 'watermarkFor', column, expr, ...(withTtl && { withTtl }), span: g.span(start) }
  })

  r.likeClause = g.rule('likeClause', (): TableElement => {
    const start = g.mark()
    g.eat(1, T.LIKE)
    const table = g.sub(2, r.name)
    const options: { include: boolean; what: string }[] = []
    g.loop(3, () => {
      const include = g.alt(4, [
        { ALT: () => g.eat(5, T.INCLUDING) && true },
        { ALT: () => g.eat(6, T.EXCLUDING) && false },
      ])
      options.push({ include, what: g.eat(7, ColLabel).value?.toUpperCase() })
    })
    return { kind: 'likeTable', table, options, span: g.span(start) }
  })

  r.columnDef = g.rule('columnDef', (): ColumnDef => {
    const start = g.mark()
    const column: ColumnDef = {
      kind: 'column',
      name: g.ident(g.eat(1, ColId)),
      constraints: [],
      options: [],
      span: g.span(start),
    }
    g.optIf(
      2,
      () => g.peek(1) !== T.GENERATED && !(g.peek(1) === T.METADATA && g.peek(2) === T.FROM),
      () => (column.type = g.sub(3, r.typeName)),
    )
    g.sub(4, r.columnClauses, column)
    column.span = g.span(start)
    return column
  })

  r.columnClauses = g.rule('columnClauses', (column: ColumnDef): void => {
    g.loop(1, () =>
      g.alt<unknown>(2, [
        { ALT: () => g.eat(3, T.COLLATE) && (column.collation = g.sub(4, r.name)) },
        { ALT: () => push(column.constraints, g.sub(5, r.columnConstraint)) },
        { ALT: () => g.sub(6, r.columnMetadata, column) },
        { ALT: () => g.eat(7, T.KEY) && (column.key = true) },
        {
          ALT: () => {
            g.eat(8, T.HEADER)
            g.eat(9, T.LParen)
            column.header = g.eat(10, T.String).value
            g.eat(11, T.RParen)
          },
        },
        { ALT: () => g.eat(12, T.HEADERS) && (column.header = true) },
      ]),
    )
  })

  r.columnMetadata = g.rule('columnMetadata', (column: ColumnDef): void => {
    g.eat(1, T.METADATA)
    const from = g.opt(2, () => g.eat(3, T.FROM) && g.eat(4, T.String).value)
    const virtual = g.flag(5, T.VIRTUAL)
    column.metadata = { ...(from !== undefined && { from }), ...(virtual && { virtual }) }
  })

  r.columnConstraint = g.rule('columnConstraint', (): ColumnConstraint => {
    const start = g.mark()
    const name = g.opt(1, () => g.eat(2, T.CONSTRAINT) && g.ident(g.eat(3, ColId)))
    const body = g.alt<object>(4, [
      { ALT: () => g.words(5, T.NOT, T.NULL) && { kind: 'notNull' } },
      { ALT: () => g.eat(6, T.NULL) && { kind: 'nullable' } },
      { ALT: () => g.eat(7, T.DEFAULT) && { kind: 'default', expr: g.sub(8, r.expr, 4, true) } },
      {
        ALT: () => {
          g.eat(9, T.AS)
          return { kind: 'generated', expr: g.sub(10, r.expr, 0), spelling: 'as', ...g.sub(11, r.storage) }
        },
      },
      { ALT: () => g.sub(12, r.generated) },
      { ALT: () => g.words(13, T.PRIMARY, T.KEY) && { kind: 'primaryKey', options: g.sub(14, r.withOptions) } },
      {
        ALT: () => {
          g.eat(15, T.UNIQUE)
          const nullsNotDistinct = g.flag(16, T.NULLS, T.NOT, T.DISTINCT)
          return { kind: 'unique', ...(nullsNotDistinct && { nullsNotDistinct }), options: g.sub(17, r.withOptions) }
        },
      },
      { ALT: () => g.words(18, T.CHECK, T.LParen) && { kind: 'check', expr: g.sub(19, r.parenRest) } },
      { ALT: () => g.eat(20, T.REFERENCES) && { kind: 'references', ...g.sub(21, r.references) } },
      { ALT: () => g.eat(22, T.LATENESS) && { kind: 'lateness', delay: g.sub(23, r.expr, 4, true) } },
      { ALT: () => g.eat(24, T.WATERMARK) && { kind: 'watermark', delay: g.sub(25, r.expr, 4, true) } },
    ])
    const timing = g.sub(26, r.timing)
    return { ...(name && { name }), ...body, timing, span: g.span(start) } as ColumnConstraint
  })

  r.parenRest = g.rule('parenRest', (): Expr => {
    const expr = g.sub(1, r.expr, 0)
    g.eat(2, T.RParen)
    return expr
  })

  r.storage = g.rule(
    'storage',
    (): { storage?: 'STORED' | 'VIRTUAL' } =>
      g.opt(1, () => ({
        storage: g.alt<'STORED' | 'VIRTUAL'>(2, [
          { ALT: () => g.eat(3, T.STORED) && 'STORED' },
          { ALT: () => g.eat(4, T.VIRTUAL) && 'VIRTUAL' },
        ]),
      })) ?? {},
  )

  r.generated = g.rule('generated', (): object => {
    g.eat(1, T.GENERATED)
    const when = g.alt<string>(2, [
      { ALT: () => g.eat(3, T.ALWAYS) && 'ALWAYS' },
      { ALT: () => g.words(4, T.BY, T.DEFAULT) && 'BY DEFAULT' },
    ])
    g.eat(5, T.AS)
    return g.alt<object>(6, [
      {
        ALT: () => {
          g.eat(7, T.IDENTITY)
          let options: SequenceOption[] = []
          g.opt(8, () => {
            g.eat(9, T.LParen)
            options = g.sub(10, r.sequenceOptions)
            g.eat(11, T.RParen)
          })
          return { kind: 'identity', when, options }
        },
      },
      {
        ALT: () => {
          g.eat(12, T.LParen)
          const expr = g.sub(13, r.parenRest)
          return { kind: 'generated', expr, spelling: 'generated', ...g.sub(14, r.storage) }
        },
      },
    ])
  })

  r.references = g.rule('references', (): References => {
    const table = g.sub(1, r.name)
    const columns = g.opt(2, () => g.sub(3, r.columnList)) ?? []
    const ref: References = { table, columns }
    g.opt(4, () => {
      g.eat(5, T.MATCH)
      ref.match = g.alt<References['match']>(6, [
        { ALT: () => g.eat(7, T.FULL) && 'FULL' },
        { ALT: () => g.eat(8, T.PARTIAL) && 'PARTIAL' },
        { ALT: () => g.eat(9, T.SIMPLE) && 'SIMPLE' },
      ])
    })
    g.loop(10, () => {
      g.eat(11, T.ON)
      g.alt(12, [
        { ALT: () => g.eat(13, T.DELETE) && (ref.onDelete = g.sub(14, r.refAction)) },
        { ALT: () => g.eat(15, T.UPDATE) && (ref.onUpdate = g.sub(16, r.refAction)) },
      ])
    })
    return ref
  })
  r.refAction = g.rule('refAction', (): RefAction => {
    const action = g.alt<RefAction['action']>(1, [
      { ALT: () => g.words(2, T.NO, T.ACTION) && 'NO ACTION' },
      { ALT: () => g.eat(3, T.RESTRICT) && 'RESTRICT' },
      { ALT: () => g.eat(4, T.CASCADE) && 'CASCADE' },
      {
        ALT: () => {
          g.eat(5, T.SET)
          return g.alt<RefAction['action']>(6, [
            { ALT: () => g.eat(7, T.NULL) && 'SET NULL' },
            { ALT: () => g.eat(8, T.DEFAULT) && 'SET DEFAULT' },
          ])
        },
      },
    ])
    return { action, columns: g.opt(9, () => g.sub(10, r.columnList)) ?? [] }
  })

  r.timing = g.rule('timing', (): ConstraintTiming => {
    const timing: ConstraintTiming = {}
    g.loopIf(
      1,
      () => g.peek(1) !== T.NOT || g.peek(2) === T.DEFERRABLE || g.peek(2) === T.ENFORCED || g.peek(2) === T.VALID,
      () =>
        g.alt<unknown>(2, [
          { ALT: () => g.eat(3, T.DEFERRABLE) && (timing.deferrable = true) },
          { ALT: () => g.eat(4, T.ENFORCED) && (timing.enforced = true) },
          {
            ALT: () => {
              g.eat(5, T.INITIALLY)
              timing.initiallyDeferred = g.alt(6, [
                { ALT: () => g.eat(7, T.DEFERRED) && true },
                { ALT: () => g.eat(8, T.IMMEDIATE) && false },
              ])
            },
          },
          {
            ALT: () => {
              g.eat(9, T.NOT)
              g.alt(10, [
                { ALT: () => g.eat(11, T.DEFERRABLE) && (timing.deferrable = false) },
                { ALT: () => g.eat(12, T.ENFORCED) && (timing.enforced = false) },
                { ALT: () => g.eat(13, T.VALID) && (timing.notValid = true) },
              ])
            },
          },
          { ALT: () => g.words(14, T.NO, T.INHERIT) && (timing.noInherit = true) },
        ]),
    )
    return timing
  })

  r.tableConstraint = g.rule('tableConstraint', (): TableConstraint => {
    const start = g.mark()
    const name = g.opt(1, () => g.eat(2, T.CONSTRAINT) && g.ident(g.eat(3, ColId)))
    const body = g.alt<object>(4, [
      {
        ALT: () => {
          g.words(5, T.PRIMARY, T.KEY)
          return { kind: 'tablePrimaryKey', ...g.sub(6, r.keyRest) }
        },
      },
      {
        ALT: () => {
          g.eat(7, T.UNIQUE)
          const nullsNotDistinct = g.flag(8, T.NULLS, T.NOT, T.DISTINCT)
          return { kind: 'tableUnique', ...(nullsNotDistinct && { nullsNotDistinct }), ...g.sub(9, r.keyRest) }
        },
      },
      { ALT: () => g.words(10, T.CHECK, T.LParen) && { kind: 'tableCheck', expr: g.sub(11, r.parenRest) } },
      {
        ALT: () => {
          g.words(12, T.FOREIGN, T.KEY)
          const from = g.sub(13, r.columnList)
          g.eat(14, T.REFERENCES)
          return { kind: 'foreignKey', from, ...g.sub(15, r.references) }
        },
      },
    ])
    const timing = g.sub(16, r.timing)
    return { ...(name && { name }), ...body, timing, span: g.span(start) } as TableConstraint
  })
  r.keyRest = g.rule('keyRest', (): object => {
    return g.alt<object>(1, [
      {
        ALT: () => {
          const columns = g.sub(2, r.columnList)
          const include = g.opt(3, () => g.eat(4, T.INCLUDE) && g.sub(5, r.columnList)) ?? []
          return { columns, include, options: g.sub(6, r.withOptions) }
        },
      },
      {
        ALT: () => {
          g.words(7, T.USING, T.INDEX)
          return { columns: [], include: [], options: [], usingIndex: g.ident(g.eat(8, ColId)) }
        },
      },
    ])
  })

  r.sequenceOptions = g.rule('sequenceOptions', (): SequenceOption[] => {
    const options: SequenceOption[] = []
    g.loop(1, () => void options.push(g.sub(2, r.sequenceOption)))
    return options
  })
  r.sequenceOption = g.rule('sequenceOption', (): SequenceOption => {
    const start = g.mark()
    const body = g.alt<Omit<SequenceOption, 'kind' | 'span'>>(1, [
      { ALT: () => g.eat(2, T.AS) && { option: 'AS', type: g.sub(3, r.typeName) } },
      {
        ALT: () => {
          g.eat(4, T.INCREMENT)
          g.flag(5, T.BY)
          return { option: 'INCREMENT', value: g.sub(6, r.signedNumber) }
        },
      },
      { ALT: () => g.eat(7, T.MINVALUE) && { option: 'MINVALUE', value: g.sub(8, r.signedNumber) } },
      { ALT: () => g.eat(9, T.MAXVALUE) && { option: 'MAXVALUE', value: g.sub(10, r.signedNumber) } },
      {
        ALT: () => {
          g.eat(11, T.START)
          g.flag(12, T.WITH)
          return { option: 'START', value: g.sub(13, r.signedNumber) }
        },
      },
      {
        ALT: () => {
          g.eat(14, T.RESTART)
          g.flag(15, T.WITH)
          const value = g.opt(16, () => g.sub(17, r.signedNumber))
          return { option: 'RESTART', ...(value !== undefined && { value }) }
        },
      },
      { ALT: () => g.eat(18, T.CACHE) && { option: 'CACHE', value: g.sub(19, r.signedNumber) } },
      { ALT: () => g.eat(20, T.CYCLE) && { option: 'CYCLE' } },
      {
        ALT: () => {
          g.eat(21, T.NO)
          return g.alt<Omit<SequenceOption, 'kind' | 'span'>>(22, [
            { ALT: () => g.eat(23, T.MINVALUE) && { option: 'NO MINVALUE' } },
            { ALT: () => g.eat(24, T.MAXVALUE) && { option: 'NO MAXVALUE' } },
            { ALT: () => g.eat(25, T.CYCLE) && { option: 'NO CYCLE' } },
          ])
        },
      },
      { ALT: () => g.words(26, T.OWNED, T.BY) && { option: 'OWNED BY', name: g.sub(27, r.anyName) } },
    ])
    return { kind: 'sequenceOption', ...body, span: g.span(start) }
  })
  /** Also `NONE`. */
  r.anyName = g.rule('anyName', () => g.sub(1, r.name))

  r.signedNumber = g.rule('signedNumber', (): string => {
    const minus = g.opt(1, () =>
      g.alt<boolean>(2, [{ ALT: () => g.eat(3, T.Minus) && true }, { ALT: () => g.eat(4, T.Plus) && false }]),
    )
    const token: SqlToken = g.eat(5, T.Number)
    return (minus ? '-' : '') + token.value
  })
}
