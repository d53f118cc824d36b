// CREATE TABLE with the clauses of every dialect.

import type { Ident } from './ast-base.ts'
import type { CreateTable, PartitionBound } from './ast-ddl.ts'
import { createFlags } from './create-flags.ts'
import { push, type SqlParser } from './parser.ts'
import type { CreateHead } from './rule-types.ts'
import type { Rules } from './rules.ts'
import { timeClauseFollows } from './rules-option.ts'
import { ColId, ColLabel, T } from './tokens.ts'

export function createTableRules(g: SqlParser, r: Rules) {
  r.createTable = g.rule('createTable', (head: CreateHead): CreateTable => {
    const word = g.alt<CreateTable['word']>(1, [
      { ALT: () => g.eat(2, T.TABLE) && 'TABLE' },
      { ALT: () => g.eat(3, T.STREAM) && 'STREAM' },
    ])
    const ifNotExists = g.sub(4, r.ifNotExists)
    const name = g.sub(5, r.name)
    const table: CreateTable = {
      kind: 'createTable',
      word,
      ...createFlags(head, ifNotExists),
      ...(head?.temporary && { persistence: 'TEMPORARY' }),
      ...(head?.unlogged && { persistence: 'UNLOGGED' }),
      name,
      elements: [],
      hasElements: false,
      inherits: [],
      include: [],
      with: [],
      span: g.span(head?.start),
    }
    g.opt(6, () => {
      g.words(7, T.PARTITION, T.OF)
      table.partitionOf = { parent: g.sub(8, r.name), bound: { bound: 'default' } }
    })
    g.opt(9, () => {
      table.hasElements = true
      table.elements = g.sub(10, r.tableElements)
    })
    g.optIf(
      11,
      () => table.partitionOf !== undefined,
      () => {
        const bound = g.sub(12, r.partitionBound)
        if (table.partitionOf) table.partitionOf.bound = bound
      },
    )
    g.sub(13, r.tableClauses, table)
    table.span = g.span(head?.start)
    return table
  })

  r.partitionBound = g.rule(
    'partitionBound',
    (): PartitionBound =>
      g.alt<PartitionBound>(1, [
        { ALT: () => g.eat(2, T.DEFAULT) && { bound: 'default' } },
        {
          ALT: () => {
            g.words(3, T.FOR, T.VALUES)
            return g.alt<PartitionBound>(4, [
              { ALT: () => g.eat(5, T.IN) && { bound: 'in', values: g.sub(6, r.parenList) } },
              {
                ALT: () => {
                  g.eat(7, T.FROM)
                  const from = g.sub(8, r.parenList)
                  g.eat(9, T.TO)
                  return { bound: 'range', from, to: g.sub(10, r.parenList) }
                },
              },
              {
                ALT: () => {
                  g.words(11, T.WITH, T.LParen)
                  g.eat(12, ColLabel)
                  const modulus = Number(g.eat(13, T.Number).value)
                  g.eat(14, T.Comma)
                  g.eat(15, ColLabel)
                  const remainder = Number(g.eat(16, T.Number).value)
                  g.eat(17, T.RParen)
                  return { bound: 'hash', modulus, remainder }
                },
              },
            ])
          },
        },
      ]),
  )

  /** Everything behind the parentheses, in any order: each dialect has its own. */
  r.tableClauses = g.rule('tableClauses', (table: CreateTable): void => {
    g.loop(1, () =>
      g.alt<unknown>(2, [
        {
          ALT: () => {
            g.words(3, T.INHERITS, T.LParen)
            table.inherits = g.list(0, () => g.sub(4, r.name))
            g.eat(5, T.RParen)
          },
        },
        {
          ALT: () => {
            g.words(6, T.PARTITION, T.BY)
            const strategy = g.optIf(
              7,
              () => g.peek(1) !== T.LParen,
              () => g.eat(8, ColId).value?.toUpperCase(),
            )
            table.partitionBy = { strategy: strategy ?? '', elements: g.sub(9, r.indexElements) }
          },
        },
        { ALT: () => g.words(10, T.APPEND, T.ONLY) && (table.appendOnly = true) },
        { ALT: () => g.sub(11, r.tableOnClause, table) },
        {
          GATE: () => g.peek(2) === T.VERSION,
          ALT: () => g.words(12, T.WITH, T.VERSION, T.COLUMN) && (table.withVersion = g.sub(13, r.versionColumn)),
          IGNORE_AMBIGUITIES: true,
        },
        {
          GATE: () => g.peek(2) === T.DATA || g.peek(2) === T.NO,
          ALT: () => {
            g.eat(14, T.WITH)
            const no = g.flag(15, T.NO)
            g.eat(16, T.DATA)
            table.withData = !no
          },
          IGNORE_AMBIGUITIES: true,
        },
        { ALT: () => (table.with = [...(table.with ?? []), ...(g.sub(17, r.withOptionList) ?? [])]) },
        { ALT: () => g.eat(18, T.TABLESPACE) && (table.tablespace = g.ident(g.eat(19, ColId))) },
        { ALT: () => g.sub(20, r.encodingClause, table) },
        { ALT: () => g.sub(21, r.distributed, table) },
        { ALT: () => g.sub(22, r.tableFrom, table) },
        {
          ALT: () => {
            g.eat(23, T.AS)
            g.alt<unknown>(24, [
              { ALT: () => (table.asExecute = g.sub(25, r.execute)) },
              { ALT: () => (table.as = g.sub(26, r.query)) },
            ])
          },
        },
        {
          GATE: () => timeClauseFollows(g),
          ALT: () => push(table.with, g.sub(27, r.timeClause)),
          IGNORE_AMBIGUITIES: true,
        },
      ]),
    )
    if (table.partitionOf || g.recording) return
    if (
      !table.hasElements &&
      !table.as &&
      !table.asExecute &&
      !table.fromSource &&
      !table.transport &&
      table.with.length === 0
    )
      g.fail()
  })

  r.versionColumn = g.rule('versionColumn', (): Ident => {
    g.eat(1, T.LParen)
    const column = g.ident(g.eat(2, ColId))
    g.eat(3, T.RParen)
    return column
  })

  /** `WITH (…)`, or the old `WITHOUT OIDS`. */
  r.withOptionList = g.rule('withOptionList', () =>
    g.alt(1, [
      { ALT: () => g.eat(2, T.WITH) && g.sub(3, r.options) },
      { ALT: () => g.words(4, T.WITHOUT, T.OIDS) && [] },
    ]),
  )

  r.tableOnClause = g.rule('tableOnClause', (table: CreateTable): void => {
    g.eat(1, T.ON)
    g.alt<unknown>(2, [
      {
        ALT: () => {
          g.eat(3, T.COMMIT)
          table.onCommit = g.alt<CreateTable['onCommit']>(4, [
            { ALT: () => g.eat(5, T.DROP) && 'DROP' },
            { ALT: () => g.words(6, T.DELETE, T.ROWS) && 'DELETE ROWS' },
            { ALT: () => g.words(7, T.PRESERVE, T.ROWS) && 'PRESERVE ROWS' },
          ])
        },
      },
      {
        ALT: () => {
          g.eat(8, T.CONFLICT)
          const words: string[] = []
          g.alt<unknown>(9, [
            { ALT: () => words.push(g.eat(10, T.IGNORE).image) },
            { ALT: () => g.eat(11, T.OVERWRITE) && words.push('OVERWRITE') },
            {
              ALT: () => {
                g.eat(12, T.DO)
                g.alt<unknown>(13, [
                  { ALT: () => g.eat(14, T.NOTHING) && words.push('DO NOTHING') },
                  {
                    ALT: () => {
                      g.eat(15, T.UPDATE)
                      words.push('DO UPDATE')
                      g.opt(16, () =>
                        g.alt<unknown>(17, [
                          { ALT: () => g.words(18, T.IF, T.NOT, T.NULL) && words.push('IF NOT NULL') },
                          { ALT: () => g.eat(19, T.FULL) && words.push('FULL') },
                        ]),
                      )
                    },
                  },
                ])
              },
            },
          ])
          table.onConflict = words.map((w) => w?.toUpperCase()).join(' ')
        },
      },
    ])
  })

  r.distributed = g.rule('distributed', (table: CreateTable): void => {
    g.words(1, T.DISTRIBUTED, T.BY)
    const hashed = g.flag(2, T.HASH)
    void hashed
    const columns = g.sub(3, r.columnList)
    const buckets = g.opt(4, () => {
      g.eat(5, T.INTO)
      const n = Number(g.eat(6, T.Number).value)
      g.eat(7, T.BUCKETS)
      return n
    })
    table.distributedBy = { columns, ...(buckets !== undefined && { buckets }) }
  })
}
