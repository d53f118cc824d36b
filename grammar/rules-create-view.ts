// CREATE VIEW, MATERIALIZED VIEW and INDEX.

import type { IndexElement } from './ast.ts'
import type { Ident } from './ast-base.ts'
import type { CreateIndex, CreateMaterializedView, CreateView } from './ast-ddl.ts'
import { createFlags } from './create-flags.ts'
import type { SqlParser } from './parser.ts'
import type { CreateHead } from './rule-types.ts'
import type { Rules } from './rules.ts'
import { ColId, T } from './tokens.ts'

export function createViewRules(g: SqlParser, r: Rules) {
  r.createView = g.rule('createView', (head: CreateHead): CreateView => {
    g.eat(1, T.VIEW)
    const ifNotExists = g.sub(2, r.ifNotExists)
    const name = g.sub(3, r.name)
    const columns = g.opt(4, () => g.sub(5, r.columnList)) ?? []
    const options = g.sub(6, r.withOptions)
    g.eat(7, T.AS)
    const query = g.sub(8, r.query)
    const check = g.opt(9, () => {
      g.eat(10, T.WITH)
      const local = g.flag(11, T.LOCAL)
      g.flag(12, T.CASCADED)
      g.words(13, T.CHECK, T.OPTION)
      return local ? ('LOCAL' as const) : ('CASCADED' as const)
    })
    return {
      kind: 'createView',
      ...createFlags(head, ifNotExists),
      name,
      ...(head?.temporary && { temporary: true }),
      ...(head?.local && { local: true }),
      ...(head?.recursive && { recursive: true }),
      columns,
      with: options,
      query,
      ...(check && { check }),
      span: g.span(head?.start),
    }
  })

  r.createMaterializedView = g.rule('createMaterializedView', (head: CreateHead): CreateMaterializedView => {
    g.words(1, T.MATERIALIZED, T.VIEW)
    const ifNotExists = g.sub(2, r.ifNotExists)
    const name = g.sub(3, r.name)
    const columns = g.opt(4, () => g.sub(5, r.columnList)) ?? []
    const view: Partial<CreateMaterializedView> = {}
    g.opt(6, () => g.words(7, T.IN, T.CLUSTER) && (view.cluster = g.ident(g.eat(8, ColId))))
    g.opt(9, () => g.eat(10, T.USING) && (view.using = g.ident(g.eat(11, ColId))))
    const options = g.sub(12, r.withOptions)
    g.opt(13, () => g.eat(14, T.TABLESPACE) && (view.tablespace = g.ident(g.eat(15, ColId))))
    g.eat(16, T.AS)
    const query = g.sub(17, r.query)
    g.opt(18, () => {
      g.eat(19, T.WITH)
      view.withData = !g.flag(20, T.NO)
      g.eat(21, T.DATA)
    })
    return {
      kind: 'createMaterializedView',
      ...createFlags(head, ifNotExists),
      name,
      columns,
      with: options,
      query,
      ...view,
      span: g.span(head?.start),
    }
  })

  r.createIndex = g.rule('createIndex', (head: CreateHead): CreateIndex => {
    g.eat(1, T.INDEX)
    const index: Partial<CreateIndex> = {}
    if (g.flag(2, T.CONCURRENTLY)) index.concurrently = true
    const ifNotExists = g.sub(3, r.ifNotExists)
    g.opt(4, () => (index.name = g.ident(g.eat(5, ColId))))
    g.opt(6, () => g.words(7, T.IN, T.CLUSTER) && (index.cluster = g.ident(g.eat(8, ColId))))
    g.eat(9, T.ON)
    if (g.flag(10, T.ONLY)) index.only = true
    const table = g.sub(11, r.name)
    g.opt(12, () => g.eat(13, T.USING) && (index.method = g.ident(g.eat(14, ColId))))
    const elements: IndexElement[] = g.opt(15, () => g.sub(16, r.indexElements)) ?? []
    if (elements.length === 0 && !head?.default) g.fail()
    const include: Ident[] = g.opt(17, () => g.eat(18, T.INCLUDE) && g.sub(19, r.columnList)) ?? []
    g.opt(20, () => {
      g.words(21, T.DISTRIBUTED, T.BY)
      index.distributedBy = g.sub(22, r.parenList)
    })
    g.opt(23, () => {
      g.eat(24, T.NULLS)
      index.nullsNotDistinct = g.flag(25, T.NOT)
      g.eat(26, T.DISTINCT)
    })
    const options = g.sub(27, r.withOptions)
    g.opt(28, () => g.eat(29, T.TABLESPACE) && (index.tablespace = g.ident(g.eat(30, ColId))))
    g.opt(31, () => g.eat(32, T.WHERE) && (index.where = g.sub(33, r.expr, 0)))
    return {
      kind: 'createIndex',
      ...createFlags(head, ifNotExists),
      ...(head?.unique && { unique: true }),
      ...(head?.default && { default: true }),
      table,
      elements,
      include,
      with: options,
      ...index,
      span: g.span(head?.start),
    }
  })
}
