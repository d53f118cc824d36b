// INSERT, UPDATE, DELETE, MERGE.
import type {
  Assignment,
  AssignTarget,
  Delete,
  Expr,
  IndexElement,
  Insert,
  Merge,
  MergeWhen,
  OnConflict,
  Query,
  TableItem,
  Target,
  Update,
  With,
} from './ast.ts'
import type { Ident } from './ast-base.ts'
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import { ColId, ColLabel, T } from './tokens.ts'

/** A target's subscripts are read as an expression's; what stands before them is its column. */
const NO_OPERAND: Expr = { kind: 'null', span: { start: 0, end: 0 } }

export function dmlRules(g: SqlParser, r: Rules) {
  /** Whatever may stand after a WITH. */
  r.dmlOrQuery = g.rule('dmlOrQuery', (): Query | Insert | Update | Delete | Merge => {
    const start = g.mark()
    const clause = g.opt(1, () => g.sub(2, r.with))
    return g.alt<Query | Insert | Update | Delete | Merge>(3, [
      { ALT: () => g.sub(4, r.queryRest, clause, start) },
      { ALT: () => g.sub(5, r.insert, clause, start) },
      { ALT: () => g.sub(6, r.update, clause, start) },
      { ALT: () => g.sub(7, r.delete, clause, start) },
      { ALT: () => g.sub(8, r.merge, clause, start) },
    ])
  })

  r.insert = g.rule('insert', (clause: With | undefined, start: number): Insert => {
    g.words(1, T.INSERT, T.INTO)
    const table = g.sub(2, r.name)
    const alias = g.opt(3, () => g.eat(4, T.AS) && g.ident(g.eat(5, ColId)))
    const columns =
      g.optIf(
        6,
        () => !g.queryAt(1),
        () => g.sub(7, r.assignTargets),
      ) ?? []
    const overriding = g.sub(8, r.overriding)
    const source = g.alt<Query | undefined>(9, [
      { ALT: () => g.words(10, T.DEFAULT, T.VALUES) && undefined },
      { ALT: () => g.sub(11, r.query) },
    ])
    const onConflict = g.opt(12, () => g.sub(13, r.onConflict))
    const returning = g.sub(14, r.returning)
    return {
      kind: 'insert',
      ...(clause && { with: clause }),
      table,
      ...(alias && { alias }),
      columns,
      ...(overriding && { overriding }),
      ...(source && { source }),
      ...(onConflict && { onConflict }),
      returning,
      span: g.span(start),
    }
  })

  r.overriding = g.rule('overriding', (): 'SYSTEM' | 'USER' | undefined =>
    g.opt(1, () => {
      g.eat(2, T.OVERRIDING)
      const which = g.alt<'SYSTEM' | 'USER'>(3, [
        { ALT: () => g.eat(4, T.SYSTEM) && 'SYSTEM' },
        { ALT: () => g.eat(5, T.USER) && 'USER' },
      ])
      g.eat(6, T.VALUE)
      return which
    }),
  )

  r.returning = g.rule('returning', (): Target[] => g.opt(1, () => g.eat(2, T.RETURNING) && g.sub(3, r.targets)) ?? [])

  r.assignTargets = g.rule('assignTargets', (): AssignTarget[] => {
    g.eat(1, T.LParen)
    const targets = g.list(0, () => g.sub(2, r.assignTarget))
    g.eat(3, T.RParen)
    return targets
  })

  r.assignTarget = g.rule('assignTarget', (): AssignTarget => {
    const start = g.mark()
    const column = g.ident(g.eat(1, ColId))
    const path: AssignTarget['path'] = []
    g.loop(2, () =>
      g.alt(3, [
        { ALT: () => g.eat(4, T.Dot) && path.push({ field: g.ident(g.eat(5, ColLabel)) }) },
        {
          ALT: () => {
            const part = g.sub(6, r.subscript, NO_OPERAND, start)
            if (part.kind === 'subscript') path.push({ index: part.index })
            else if (part.kind === 'slice')
              path.push({ slice: true, ...(part.from && { from: part.from }), ...(part.to && { to: part.to }) })
          },
        },
      ]),
    )
    return { kind: 'assignTarget', column, path, span: g.span(start) }
  })

  r.assignments = g.rule('assignments', (): Assignment[] => g.list(0, () => g.sub(1, r.assignment)))

  r.assignment = g.rule('assignment', (): Assignment => {
    const start = g.mark()
    let multiple = false
    const targets = g.alt<AssignTarget[]>(1, [
      {
        ALT: () => {
          multiple = true
          return g.sub(2, r.assignTargets)
        },
      },
      { ALT: () => [g.sub(3, r.assignTarget)] },
    ])
    g.eat(4, T.Eq)
    return { kind: 'assignment', targets, multiple, value: g.sub(5, r.expr, 0), span: g.span(start) }
  })

  r.onConflict = g.rule('onConflict', (): OnConflict => {
    const start = g.mark()
    g.words(1, T.ON, T.CONFLICT)
    const target = g.opt(2, () =>
      g.alt<NonNullable<OnConflict['target']>>(3, [
        {
          ALT: () => {
            const elements = g.sub(4, r.indexElements)
            const where = g.opt(5, () => g.eat(6, T.WHERE) && g.sub(7, r.expr, 0))
            return { elements, ...(where && { where }) }
          },
        },
        { ALT: () => g.words(8, T.ON, T.CONSTRAINT) && { constraint: g.ident(g.eat(9, ColId)) } },
      ]),
    )
    g.eat(10, T.DO)
    const update = g.alt<OnConflict['update']>(11, [
      { ALT: () => g.eat(12, T.NOTHING) && undefined },
      {
        ALT: () => {
          g.words(13, T.UPDATE, T.SET)
          const set = g.sub(14, r.assignments)
          const where = g.opt(15, () => g.eat(16, T.WHERE) && g.sub(17, r.expr, 0))
          return { set, ...(where && { where }) }
        },
      },
    ])
    return { kind: 'onConflict', ...(target && { target }), ...(update && { update }), span: g.span(start) }
  })

  r.indexElements = g.rule('indexElements', (): IndexElement[] => {
    g.eat(1, T.LParen)
    const elements = g.list(0, () => g.sub(2, r.indexElement))
    g.eat(3, T.RParen)
    return elements
  })

  r.indexElement = g.rule('indexElement', (): IndexElement => {
    const start = g.mark()
    // The level above COLLATE, which belongs to the element here.
    const expr = g.sub(1, r.expr, 14)
    const collation = g.opt(2, () => g.eat(3, T.COLLATE) && g.sub(4, r.name))
    const opclass = g.opt(5, () => g.sub(6, r.name))
    const direction = g.opt(7, () =>
      g.alt<'ASC' | 'DESC'>(8, [{ ALT: () => g.eat(9, T.ASC) && 'ASC' }, { ALT: () => g.eat(10, T.DESC) && 'DESC' }]),
    )
    const nulls = g.sub(11, r.nullsOrder)
    return {
      kind: 'indexElement',
      expr,
      ...(collation && { collation }),
      ...(opclass && { opclass }),
      ...(direction && { direction }),
      ...(nulls && { nulls }),
      span: g.span(start),
    }
  })

  /** A written table: `[ONLY] t [[AS] x]`, where SET and USING are never the alias. */
  r.target_table = g.rule('target_table', (): TableItem => {
    const start = g.mark()
    const only = g.flag(1, T.ONLY)
    const name = g.sub(2, r.name)
    g.flag(3, T.Star)
    const item: TableItem = { kind: 'table', name, ...(only && { only }), span: g.span(start) }
    g.optIf(
      4,
      () => g.peek(1) !== T.SET,
      () => {
        const from = g.mark()
        g.flag(5, T.AS)
        item.alias = { kind: 'alias', name: g.ident(g.eat(6, ColId)), columns: [], types: [], span: g.span(from) }
      },
    )
    item.span = g.span(start)
    return item
  })

  r.dmlWhere = g.rule(
    'dmlWhere',
    (): { where?: Expr; whereCurrentOf?: Ident } =>
      g.opt(1, () => {
        g.eat(2, T.WHERE)
        return g.alt<{ where?: Expr; whereCurrentOf?: Ident }>(3, [
          {
            GATE: () => g.peek(2) === T.OF,
            ALT: () => g.words(4, T.CURRENT, T.OF) && { whereCurrentOf: g.ident(g.eat(5, ColId)) },
            IGNORE_AMBIGUITIES: true,
          },
          { ALT: () => ({ where: g.sub(6, r.expr, 0) }) },
        ])
      }) ?? {},
  )

  r.update = g.rule('update', (clause: With | undefined, start: number): Update => {
    g.eat(1, T.UPDATE)
    const table = g.sub(2, r.target_table)
    g.eat(3, T.SET)
    const set = g.sub(4, r.assignments)
    const from = g.opt(5, () => g.eat(6, T.FROM) && g.sub(7, r.fromList)) ?? []
    const where = g.sub(8, r.dmlWhere)
    const returning = g.sub(9, r.returning)
    return {
      kind: 'update',
      ...(clause && { with: clause }),
      table,
      set,
      from,
      ...where,
      returning,
      span: g.span(start),
    }
  })

  r.delete = g.rule('delete', (clause: With | undefined, start: number): Delete => {
    g.words(1, T.DELETE, T.FROM)
    const table = g.sub(2, r.target_table)
    const using = g.opt(3, () => g.eat(4, T.USING) && g.sub(5, r.fromList)) ?? []
    const where = g.sub(6, r.dmlWhere)
    const returning = g.sub(7, r.returning)
    return { kind: 'delete', ...(clause && { with: clause }), table, using, ...where, returning, span: g.span(start) }
  })

  r.merge = g.rule('merge', (clause: With | undefined, start: number): Merge => {
    g.words(1, T.MERGE, T.INTO)
    const table = g.sub(2, r.target_table)
    g.eat(3, T.USING)
    const source = g.sub(4, r.fromItem)
    g.eat(5, T.ON)
    const on = g.sub(6, r.expr, 0)
    const whens: MergeWhen[] = []
    g.some(7, () => void whens.push(g.sub(8, r.mergeWhen)))
    const returning = g.sub(9, r.returning)
    return { kind: 'merge', ...(clause && { with: clause }), table, source, on, whens, returning, span: g.span(start) }
  })

  r.mergeWhen = g.rule('mergeWhen', (): MergeWhen => {
    const start = g.mark()
    g.eat(1, T.WHEN)
    let match: MergeWhen['match'] = 'MATCHED'
    if (g.flag(2, T.NOT)) match = 'NOT MATCHED BY TARGET'
    g.eat(3, T.MATCHED)
    g.opt(4, () => {
      g.eat(5, T.BY)
      g.alt<unknown>(6, [
        { ALT: () => g.eat(7, T.SOURCE) && (match = 'NOT MATCHED BY SOURCE') },
        { ALT: () => g.eat(8, T.TARGET) },
      ])
    })
    const condition = g.opt(9, () => g.eat(10, T.AND) && g.sub(11, r.expr, 0))
    g.eat(12, T.THEN)
    // Where the target has no row one is inserted, elsewhere the one that is there changes.
    const next = g.peek(1)
    if (match === 'NOT MATCHED BY TARGET' ? next === T.UPDATE || next === T.DELETE : next === T.INSERT) g.fail()
    const action = g.alt<MergeWhen['action']>(13, [
      { ALT: () => g.words(14, T.DO, T.NOTHING) && { do: 'nothing' } },
      { ALT: () => g.eat(15, T.DELETE) && { do: 'delete' } },
      { ALT: () => g.words(16, T.UPDATE, T.SET) && { do: 'update', set: g.sub(17, r.assignments) } },
      {
        ALT: () => {
          g.eat(18, T.INSERT)
          const columns = g.opt(19, () => g.sub(20, r.assignTargets)) ?? []
          const overriding = g.sub(21, r.overriding)
          const values = g.alt<Expr[] | undefined>(22, [
            { ALT: () => g.words(23, T.DEFAULT, T.VALUES) && undefined },
            { ALT: () => g.eat(24, T.VALUES) && g.sub(25, r.parenList) },
          ])
          return { do: 'insert', columns, ...(overriding && { overriding }), values }
        },
      },
    ])
    return { kind: 'mergeWhen', match, ...(condition && { condition }), action, span: g.span(start) }
  })
}
