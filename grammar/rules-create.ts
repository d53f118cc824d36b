// CREATE and what it creates, apart from sources and sinks.
import type { IndexElement } from './ast.ts'
import type { Ident, Name } from './ast-base.ts'
import type {
  CreateFunction,
  CreateIndex,
  CreateMaterializedView,
  CreateOther,
  CreateTable,
  CreateType,
  CreateView,
  DdlStatement,
  FunctionOption,
  FunctionParameter,
  PartitionBound,
} from './ast-ddl.ts'
import type { SqlParser } from './parser.ts'
import { is } from './retag.ts'
import type { CreateHead } from './rule-types.ts'
import type { Rules } from './rules.ts'
import type { SqlToken } from './token.ts'
import { ColId, ColLabel, T, TypeFunc } from './tokens.ts'

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

  const flags = (head: CreateHead, ifNotExists?: boolean) => ({
    ...(head?.orReplace && { orReplace: true }),
    ...(ifNotExists && { ifNotExists: true }),
  })

  r.ifNotExists = g.rule('ifNotExists', (): boolean => g.flag(1, T.IF, T.NOT, T.EXISTS))
  r.ifExists = g.rule('ifExists', (): boolean => g.flag(1, T.IF, T.EXISTS))

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
      ...flags(head, ifNotExists),
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
        { ALT: () => (table.with = g.sub(17, r.withOptionList)) },
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
      ...flags(head, ifNotExists),
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
      ...flags(head, ifNotExists),
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
      ...flags(head, ifNotExists),
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
            ...flags(head, ifNotExists),
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
            ...flags(head, ifNotExists),
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
            ...flags(head, ifNotExists),
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
            ...flags(head, ifNotExists),
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
            ...flags(head, ifNotExists),
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
      ...flags(head),
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
    return { kind: 'createType', ...flags(head), name, ...(definition && { definition }), span: g.span(head?.start) }
  })

  r.createFunction = g.rule('createFunction', (head: CreateHead): CreateFunction => {
    const word = g.alt<CreateFunction['word']>(1, [
      { ALT: () => g.eat(2, T.FUNCTION) && 'FUNCTION' },
      { ALT: () => g.eat(3, T.PROCEDURE) && 'PROCEDURE' },
      { ALT: () => g.eat(4, T.AGGREGATE) && 'AGGREGATE' },
    ])
    const ifNotExists = g.sub(5, r.ifNotExists)
    const name = g.sub(6, r.name)
    const parameters = g.sub(7, r.functionParameters)
    const fn: CreateFunction = {
      kind: 'createFunction',
      ...flags(head, ifNotExists),
      word,
      name,
      parameters,
      options: [],
      with: [],
      span: g.span(head?.start),
    }
    g.opt(8, () => {
      g.eat(9, T.RETURNS)
      g.alt<unknown>(10, [
        { ALT: () => g.eat(11, T.TABLE) && (fn.returnsTable = g.sub(12, r.functionParameters)) },
        { ALT: () => (fn.returns = g.sub(13, r.typeName)) },
      ])
    })
    g.loop(14, () => void fn.options.push(g.sub(15, r.functionOption)))
    fn.with = g.sub(16, r.withOptions)
    fn.span = g.span(head?.start)
    return fn
  })

  r.functionParameters = g.rule('functionParameters', (): FunctionParameter[] => {
    g.eat(1, T.LParen)
    const parameters = g.opt(2, () => g.list(0, () => g.sub(3, r.functionParameter))) ?? []
    g.eat(4, T.RParen)
    return parameters
  })
  r.functionParameter = g.rule('functionParameter', (): FunctionParameter => {
    const start = g.mark()
    const mode = g.opt(1, () =>
      g.alt<FunctionParameter['mode']>(2, [
        { ALT: () => g.eat(3, T.IN) && 'IN' },
        { ALT: () => g.eat(4, T.OUT) && 'OUT' },
        { ALT: () => g.eat(5, T.INOUT) && 'INOUT' },
        { ALT: () => g.eat(6, T.VARIADIC) && 'VARIADIC' },
      ]),
    )
    // A name only where another word follows it: `f(int)` has a type alone.
    const name = g.optIf(
      7,
      () =>
        (is(g.peek(2), ColLabel) || g.peek(2) === T.SETOF) &&
        g.peek(2) !== T.DEFAULT &&
        !typePair(g.token(1), g.token(2)),
      () => g.ident(g.eat(8, TypeFunc)),
    )
    const type = g.sub(9, r.typeName)
    const value = g.opt(10, () => {
      g.alt(11, [{ ALT: () => g.eat(12, T.DEFAULT) }, { ALT: () => g.eat(13, T.Eq) }])
      return g.sub(14, r.expr, 0)
    })
    return {
      kind: 'parameter',
      ...(mode && { mode }),
      ...(name && { name }),
      type,
      ...(value && { default: value }),
      span: g.span(start),
    }
  })
  function typePair(a: SqlToken, b: SqlToken) {
    return (a.tokenType === T.DOUBLE && b.tokenType === T.PRECISION) || b.tokenType === T.VARYING
  }

  r.functionOption = g.rule('functionOption', (): FunctionOption => {
    const start = g.mark()
    const option = (name: string, more: object = {}): FunctionOption => ({
      kind: 'functionOption',
      option: name,
      ...more,
      span: g.span(start),
    })
    const text = (token: SqlToken) => token.value
    return g.alt<FunctionOption>(1, [
      {
        ALT: () => (
          g.eat(2, T.LANGUAGE),
          option('LANGUAGE', {
            value: text(g.alt<SqlToken>(3, [{ ALT: () => g.eat(4, T.String) }, { ALT: () => g.eat(5, ColLabel) }])),
          })
        ),
      },
      { ALT: () => g.eat(6, T.IMMUTABLE) && option('IMMUTABLE') },
      { ALT: () => g.eat(7, T.STABLE) && option('STABLE') },
      { ALT: () => g.eat(8, T.VOLATILE) && option('VOLATILE') },
      { ALT: () => g.eat(9, T.STRICT) && option('STRICT') },
      { ALT: () => g.eat(10, T.LEAKPROOF) && option('LEAKPROOF') },
      { ALT: () => g.words(11, T.CALLED, T.ON, T.NULL, T.INPUT) && option('CALLED ON NULL INPUT') },
      {
        GATE: () => g.peek(2) === T.NULL,
        ALT: () =>
          g.words(12, T.RETURNS, T.NULL, T.ON) && g.words(13, T.NULL, T.INPUT) && option('RETURNS NULL ON NULL INPUT'),
      },
      { ALT: () => g.eat(14, T.PARALLEL) && option('PARALLEL', { value: g.eat(15, ColLabel).value }) },
      { ALT: () => g.words(16, T.SECURITY, T.DEFINER) && option('SECURITY DEFINER') },
      { ALT: () => g.eat(17, T.COST) && option('COST', { value: g.sub(18, r.signedNumber) }) },
      { ALT: () => g.eat(19, T.ROWS) && option('ROWS', { value: g.sub(20, r.signedNumber) }) },
      { ALT: () => g.eat(21, T.AS) && option('AS', { values: g.list(0, () => g.eat(22, T.String).value) }) },
      { ALT: () => g.words(23, T.USING, T.LINK) && option('USING LINK', { value: g.eat(24, T.String).value }) },
      { ALT: () => g.eat(25, T.RETURN) && option('RETURN', { expr: g.sub(26, r.expr, 0) }) },
    ])
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
    return { kind: 'createOther', ...flags(head, ifNotExists), what, name, options, span: g.span(head?.start) }
  })
}
