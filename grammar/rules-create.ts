// CREATE, its short kinds, and the kinds without a rule file of their own.

import type { Name } from './ast-base.ts'
import type { CreateOther, CreateType, DdlStatement } from './ast-ddl.ts'
import { createFlags } from './create-flags.ts'
import type { SqlParser } from './parser.ts'
import type { CreateHead } from './rule-types.ts'
import type { Rules } from './rules.ts'
import { ColId, ColLabel, T } from './tokens.ts'

export function createRules(g: SqlParser, r: Rules) {
  r.create = g.rule('create', (): DdlStatement => {
    const head: CreateHead = { start: g.mark() }
    g.eat(1, T.CREATE)
    g.loop(2, () =>
      g.alt<unknown>(3, [
        { ALT: () => g.words(4, T.OR, T.REPLACE) && (head.orReplace = true) },
        { ALT: () => g.eat(5, T.TEMP) && (head.temporary = true) },
        { ALT: () => g.eat(6, T.TEMPORARY) && (head.temporary = true) },
        { ALT: () => g.eat(7, T.UNLOGGED) && (head.unlogged = true) },
        { ALT: () => g.eat(8, T.LOCAL) && (head.local = true) },
        { ALT: () => g.eat(9, T.GLOBAL) },
        { ALT: () => g.eat(10, T.RECURSIVE) && (head.recursive = true) },
        { ALT: () => g.eat(11, T.UNIQUE) && (head.unique = true) },
        { ALT: () => g.eat(12, T.DEFAULT) && (head.default = true) },
      ]),
    )
    if ((head.unique && g.peek(1) !== T.INDEX) || (head.recursive && g.peek(1) !== T.VIEW)) g.fail()
    return g.alt<DdlStatement>(13, [
      { ALT: () => g.sub(14, r.createTable, head) },
      { ALT: () => g.sub(15, r.createSource, head) },
      { ALT: () => g.sub(16, r.createView, head) },
      { ALT: () => g.sub(17, r.createMaterializedView, head) },
      { ALT: () => g.sub(18, r.createIndex, head) },
      { ALT: () => g.sub(19, r.createSink, head) },
      { ALT: () => g.sub(20, r.createConnection, head) },
      { ALT: () => g.sub(21, r.createSmall, head) },
      { ALT: () => g.sub(22, r.createType, head) },
      { ALT: () => g.sub(23, r.createDomain, head) },
      { ALT: () => g.sub(24, r.createFunction, head) },
      { ALT: () => g.sub(25, r.createOther, head) },
    ])
  })

  r.ifNotExists = g.rule('ifNotExists', (): boolean => g.flag(1, T.IF, T.NOT, T.EXISTS))

  r.ifExists = g.rule('ifExists', (): boolean => g.flag(1, T.IF, T.EXISTS))

  r.createSmall = g.rule('createSmall', (head: CreateHead): DdlStatement => {
    return g.alt<DdlStatement>(1, [
      {
        ALT: () => {
          g.eat(2, T.SCHEMA)
          const ifNotExists = g.sub(3, r.ifNotExists)
          const name = g.optIf(
            4,
            () => g.peek(1) !== T.AUTHORIZATION,
            () => g.sub(5, r.name),
          )
          const authorization = g.opt(6, () => g.eat(7, T.AUTHORIZATION) && g.ident(g.eat(8, ColId)))
          if (!name && !authorization) g.fail()
          return {
            kind: 'createSchema',
            ...createFlags(head, ifNotExists),
            ...(name && { name }),
            ...(authorization && { authorization }),
            span: g.span(head?.start),
          }
        },
      },
      {
        ALT: () => {
          g.eat(9, T.DATABASE)
          const ifNotExists = g.sub(10, r.ifNotExists)
          const name = g.sub(11, r.name)
          return {
            kind: 'createDatabase',
            ...createFlags(head, ifNotExists),
            name,
            options: g.sub(12, r.withOptions),
            span: g.span(head?.start),
          }
        },
      },
      {
        ALT: () => {
          g.eat(13, T.SECRET)
          const ifNotExists = g.sub(14, r.ifNotExists)
          const name = g.sub(15, r.name)
          const options = g.sub(16, r.withOptions)
          const value = g.opt(17, () => g.eat(18, T.AS) && g.eat(19, T.String).value)
          return {
            kind: 'createSecret',
            ...createFlags(head, ifNotExists),
            name,
            ...(value !== undefined && { value }),
            with: options,
            span: g.span(head?.start),
          }
        },
      },
      {
        ALT: () => {
          g.eat(20, T.SUBSCRIPTION)
          const ifNotExists = g.sub(21, r.ifNotExists)
          const name = g.sub(22, r.name)
          g.eat(23, T.FROM)
          const from = g.sub(24, r.name)
          return {
            kind: 'createSubscription',
            ...createFlags(head, ifNotExists),
            name,
            from,
            with: g.sub(25, r.withOptions),
            span: g.span(head?.start),
          }
        },
      },
      {
        ALT: () => {
          g.eat(26, T.SEQUENCE)
          const ifNotExists = g.sub(27, r.ifNotExists)
          const name = g.sub(28, r.name)
          const options = g.sub(29, r.sequenceOptions)
          const persistence = head?.temporary ? 'TEMPORARY' : head?.unlogged ? 'UNLOGGED' : undefined
          return {
            kind: 'createSequence',
            ...createFlags(head, ifNotExists),
            ...(persistence && { persistence }),
            name,
            options,
            span: g.span(head?.start),
          }
        },
      },
    ])
  })

  r.createDomain = g.rule('createDomain', (head: CreateHead): DdlStatement => {
    g.eat(1, T.DOMAIN)
    const name = g.sub(2, r.name)
    g.flag(3, T.AS)
    const type = g.sub(4, r.typeName)
    const collation = g.opt(5, () => g.eat(6, T.COLLATE) && g.sub(7, r.name))
    const constraints: ReturnType<typeof asList> = []
    g.loop(8, () => void constraints.push(g.sub(9, r.columnConstraint)))
    return {
      kind: 'createDomain',
      ...createFlags(head),
      name,
      type,
      ...(collation && { collation }),
      constraints,
      span: g.span(head?.start),
    }
  })

  function asList() {
    return [] as import('./ast-table.ts').ColumnConstraint[]
  }

  r.createType = g.rule('createType', (head: CreateHead): CreateType => {
    g.eat(1, T.TYPE)
    const name = g.sub(2, r.name)
    const definition = g.opt(3, () =>
      g.alt<NonNullable<CreateType['definition']>>(4, [
        { ALT: () => ({ as: 'base', options: g.sub(5, r.options) }) },
        {
          ALT: () => {
            g.eat(6, T.AS)
            return g.alt<NonNullable<CreateType['definition']>>(7, [
              {
                ALT: () => {
                  g.eat(8, T.LParen)
                  const columns = g.opt(9, () => g.list(0, () => g.sub(10, r.columnDef))) ?? []
                  g.eat(11, T.RParen)
                  return { as: 'composite', columns }
                },
              },
              {
                ALT: () => {
                  g.words(12, T.ENUM, T.LParen)
                  const labels = g.opt(13, () => g.list(1, () => g.eat(14, T.String).value)) ?? []
                  g.eat(15, T.RParen)
                  return { as: 'enum', labels }
                },
              },
              { ALT: () => g.eat(16, T.RANGE) && { as: 'range', options: g.sub(17, r.options) } },
              { ALT: () => g.eat(18, T.LIST) && { as: 'container', container: 'LIST', options: g.sub(19, r.options) } },
              { ALT: () => g.eat(20, T.MAP) && { as: 'container', container: 'MAP', options: g.sub(21, r.options) } },
            ])
          },
        },
      ]),
    )
    return {
      kind: 'createType',
      ...createFlags(head),
      name,
      ...(definition && { definition }),
      span: g.span(head?.start),
    }
  })

  r.createOther = g.rule('createOther', (head: CreateHead): CreateOther => {
    const what = g.alt<string>(1, [
      { ALT: () => g.eat(2, T.CLUSTER) && 'CLUSTER' },
      { ALT: () => g.eat(3, T.EXTENSION) && 'EXTENSION' },
      { ALT: () => g.eat(4, T.ROLE) && 'ROLE' },
      { ALT: () => g.eat(5, T.USER) && 'USER' },
    ])
    const ifNotExists = g.sub(6, r.ifNotExists)
    const name: Name = g.sub(7, r.name)
    g.flag(8, T.WITH)
    const options: CreateOther['options'] = []
    g.opt(9, () =>
      g.alt<unknown>(10, [
        { ALT: () => options.push(...(g.sub(11, r.options) ?? [])) },
        {
          ALT: () =>
            g.some(12, () => {
              const start = g.mark()
              const word = g.eat(13, ColLabel).value
              const value = g.opt(14, () => g.eat(15, T.String))
              options.push({
                kind: 'option',
                name: word,
                quoted: false,
                ...(value && { value: { kind: 'optionString', value: value.value, span: g.tokenSpan(value) } }),
                span: g.span(start),
              })
            }),
        },
      ]),
    )
    return { kind: 'createOther', ...createFlags(head, ifNotExists), what, name, options, span: g.span(head?.start) }
  })
}
