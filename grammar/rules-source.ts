// Sources, sinks, connections: transports, formats, envelopes in every dialect's spelling.
import type { WithOption } from './ast-base.ts'
import type { CreateConnection, CreateSink, CreateSource, CreateTable } from './ast-ddl.ts'
import type { Encoding, Format, Include, SourceEnvelope, Transport } from './ast-table.ts'
import { push, type SqlParser } from './parser.ts'
import type { CreateHead } from './rule-types.ts'
import type { Rules } from './rules.ts'
import { timeClauseFollows } from './rules-option.ts'
import type { SqlToken } from './token.ts'
import { ColId, ColLabel, T } from './tokens.ts'

export function sourceRules(g: SqlParser, r: Rules) {
  r.createSource = g.rule('createSource', (head: CreateHead): CreateSource => {
    g.eat(1, T.SOURCE)
    const ifNotExists = g.sub(2, r.ifNotExists)
    const source: CreateSource = {
      kind: 'createSource',
      ...(head?.orReplace && { orReplace: true }),
      ...(ifNotExists && { ifNotExists: true }),
      name: g.sub(3, r.name),
      ...(head?.temporary && { temporary: true }),
      elements: [],
      hasElements: false,
      include: [],
      with: [],
      span: g.span(head?.start),
    }
    g.opt(4, () => {
      source.hasElements = true
      source.elements = g.sub(5, r.tableElements)
    })
    g.opt(6, () => {
      g.words(7, T.IN, T.CLUSTER)
      g.eat(8, ColId)
    })
    g.loop(9, () =>
      g.alt<unknown>(10, [
        { ALT: () => g.eat(11, T.FROM) && (source.transport = g.sub(12, r.transport)) },
        { ALT: () => g.sub(13, r.encodingClause, source) },
        {
          ALT: () => {
            g.eat(14, T.WITH)
            source.with = [...source.with, ...(g.sub(15, r.options) ?? [])]
          },
        },
        { ALT: () => g.sub(16, r.subsources, source) },
        { ALT: () => g.words(17, T.EXPOSE, T.PROGRESS, T.AS) && (source.progress = g.sub(18, r.name)) },
        {
          GATE: () => timeClauseFollows(g),
          ALT: () => push(source.with, g.sub(19, r.timeClause)),
          IGNORE_AMBIGUITIES: true,
        },
      ]),
    )
    if (!g.recording && !source.transport && source.with.length === 0) g.fail()
    source.span = g.span(head?.start)
    return source
  })

  /** Materialize's `FOR ALL TABLES` / `FOR TABLES (a AS b)`: kept as options of the transport. */
  r.subsources = g.rule('subsources', (source: CreateSource): void => {
    const start = g.mark()
    g.eat(1, T.FOR)
    const option = g.alt<WithOption>(2, [
      {
        ALT: () => {
          g.words(3, T.ALL, T.TABLES)
          return { kind: 'option', name: 'for all tables', quoted: false, span: g.span(start) }
        },
      },
      {
        ALT: () => {
          g.words(4, T.TABLES, T.LParen)
          const items = g.list(0, () => {
            const from = g.mark()
            const name = g.sub(5, r.name)
            const alias = g.opt(6, () => g.eat(7, T.AS) && g.sub(8, r.name))
            const text = [name, alias].filter((n) => n !== undefined).map((n) => n.parts?.map((p) => p.name).join('.'))
            return { kind: 'optionWord' as const, word: text.join(' as '), quoted: false, span: g.span(from) }
          })
          g.eat(9, T.RParen)
          const span = g.span(start)
          return { kind: 'option', name: 'for tables', quoted: false, value: { kind: 'optionList', items, span }, span }
        },
      },
    ])
    source.transport?.options?.push(option)
  })

  r.tableFrom = g.rule('tableFrom', (table: CreateTable): void => {
    g.eat(1, T.FROM)
    g.alt<unknown>(2, [
      {
        GATE: () => g.peek(2) !== T.TABLE,
        ALT: () => {
          g.eat(3, T.SOURCE)
          const source = g.sub(4, r.name)
          const options = g.opt(5, () => g.sub(6, r.options)) ?? []
          const reference = options.find((o) => o.kind === 'option' && o.name.startsWith('reference '))
          table.fromSource = {
            source,
            options,
            ...(reference?.kind === 'option' && { reference: reference.name.slice('reference '.length) }),
          }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: () => transportFollows(),
        ALT: () => (table.transport = g.sub(7, r.transport)),
        IGNORE_AMBIGUITIES: true,
      },
      {
        ALT: () => {
          const source = g.sub(8, r.name)
          g.eat(9, T.TABLE)
          table.fromSource = { source, reference: g.eat(10, T.String).value, options: [] }
        },
      },
    ])
  })
  function transportFollows() {
    const next = g.peek(2)
    return next === T.BROKER || next === T.BROKERS || next === T.CONNECTION || next === T.GENERATOR
  }

  r.transport = g.rule('transport', (): Transport => {
    const start = g.mark()
    return g.alt<Transport>(1, [
      { ALT: () => g.sub(2, r.kafka) },
      {
        ALT: () => {
          g.words(3, T.LOAD, T.GENERATOR)
          let generator = g.eat(4, ColLabel).value?.toUpperCase()
          g.loop(5, () => (generator += ` ${g.eat(6, ColId).value?.toUpperCase()}`))
          const options = g.opt(7, () => g.sub(8, r.options)) ?? []
          return { kind: 'loadGenerator', generator, options, span: g.span(start) }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        ALT: () => {
          let name = g.eat(9, ColLabel).value?.toUpperCase()
          g.loopIf(
            10,
            () =>
              g.peek(1) !== T.CONNECTION &&
              g.peek(1) !== T.FORMAT &&
              g.peek(1) !== T.INCLUDE &&
              g.peek(1) !== T.ENVELOPE,
            () => (name += ` ${g.eat(11, ColId).value?.toUpperCase()}`),
          )
          const connection = g.opt(12, () => g.eat(13, T.CONNECTION) && g.sub(14, r.name))
          const options = g.opt(15, () => g.sub(16, r.options)) ?? []
          return { kind: 'otherTransport', name, ...(connection && { connection }), options, span: g.span(start) }
        },
        IGNORE_AMBIGUITIES: true,
      },
    ])
  })

  r.kafka = g.rule('kafka', (): Transport => {
    const start = g.mark()
    g.eat(1, T.KAFKA)
    const kafka: Extract<Transport, { kind: 'kafka' }> = {
      kind: 'kafka',
      brokers: [],
      options: [],
      span: g.span(start),
    }
    g.alt<unknown>(2, [
      { ALT: () => g.eat(3, T.CONNECTION) && (kafka.connection = g.sub(4, r.name)) },
      {
        ALT: () => {
          g.alt(5, [{ ALT: () => g.eat(6, T.BROKER) }, { ALT: () => g.eat(7, T.BROKERS) }])
          const parens = g.flag(8, T.LParen)
          kafka.brokers = g.list(0, () => g.eat(9, T.String).value)
          g.optIf(
            10,
            () => parens,
            () => g.eat(11, T.RParen),
          )
        },
      },
    ])
    g.opt(12, () => g.eat(13, T.TOPIC) && (kafka.topic = g.eat(14, T.String).value))
    g.opt(15, () => (kafka.options = g.sub(16, r.options)))
    kafka.span = g.span(start)
    return kafka
  })

  r.encodingClause = g.rule('encodingClause', (target: Encoding): void => {
    g.alt<unknown>(1, [
      { ALT: () => (target.format = g.sub(2, r.format)) },
      { ALT: () => g.eat(3, T.KEY) && (target.keyFormat = g.sub(4, r.format)) },
      { ALT: () => g.eat(5, T.VALUE) && (target.valueFormat = g.sub(6, r.format)) },
      { ALT: () => g.eat(7, T.INCLUDE) && g.list(0, () => push(target.include, g.sub(8, r.include))) },
      { ALT: () => (target.envelope = g.sub(9, r.envelope)) },
    ])
  })

  r.include = g.rule('include', (): Include => {
    const start = g.mark()
    const include: Include = { kind: 'include', what: g.eat(1, ColLabel).value?.toUpperCase(), span: g.span(start) }
    g.opt(2, () => (include.argument = g.eat(3, T.String).value))
    g.opt(4, () => g.eat(5, T.AS) && (include.alias = g.ident(g.eat(6, ColLabel))))
    g.optIf(
      7,
      () => /^(bytes|bytea|text|varchar|string|jsonb)$/.test(g.token(1).value),
      () => (include.type = g.sub(8, r.typeName)),
    )
    include.span = g.span(start)
    return include
  })

  r.envelope = g.rule('envelope', (): SourceEnvelope => {
    const start = g.mark()
    g.eat(1, T.ENVELOPE)
    const envelope = g.eat(2, ColLabel).value?.toUpperCase()
    const options = g.opt(3, () => g.sub(4, r.options)) ?? []
    return { kind: 'envelope', envelope, options, span: g.span(start) }
  })

  r.format = g.rule('format', (): Format => {
    const start = g.mark()
    g.eat(1, T.FORMAT)
    const format: Format = {
      kind: 'format',
      format: g.eat(2, ColLabel).value?.toUpperCase(),
      options: [],
      span: g.span(start),
    }
    g.opt(3, () => g.eat(4, T.ENCODE) && (format.encode = g.eat(5, ColLabel).value?.toUpperCase()))
    g.opt(6, () => g.eat(7, T.MESSAGE) && (format.message = g.eat(8, T.String).value))
    g.optIf(
      9,
      () => format.format === 'REGEX',
      () => (format.regex = g.eat(10, T.String).value),
    )
    g.optIf(
      11,
      () => format.format === 'CSV',
      () => (format.csv = g.sub(12, r.csv)),
    )
    g.opt(13, () => g.sub(14, r.formatUsing, format))
    g.opt(15, () => (format.options = [...format.options, ...(g.sub(16, r.options) ?? [])]))
    g.optIf(
      17,
      () => g.peek(2) === T.ENCODE,
      () => {
        g.words(18, T.KEY, T.ENCODE)
        format.keyEncode = g.eat(19, ColLabel).value?.toUpperCase()
        g.opt(20, () => (format.options = [...format.options, ...(g.sub(21, r.options) ?? [])]))
      },
    )
    format.span = g.span(start)
    return format
  })

  r.csv = g.rule('csv', (): NonNullable<Format['csv']> => {
    const csv: NonNullable<Format['csv']> = {}
    g.eat(1, T.WITH)
    g.alt<unknown>(2, [
      {
        ALT: () => {
          csv.columns = Number(g.eat(3, T.Number).value)
          g.eat(4, T.COLUMNS)
        },
      },
      {
        ALT: () => {
          g.eat(5, T.HEADER)
          csv.header = g.opt(6, () => g.sub(7, r.columnList)) ?? []
        },
      },
    ])
    g.opt(8, () => g.words(9, T.DELIMITED, T.BY) && (csv.delimiter = g.eat(10, T.String).value))
    return csv
  })

  r.formatUsing = g.rule('formatUsing', (format: Format): void => {
    g.eat(1, T.USING)
    const confluent = g.flag(2, T.CONFLUENT)
    g.eat(3, T.SCHEMA)
    g.alt<unknown>(4, [
      { ALT: () => (format.schema = g.eat(5, T.String).value) },
      {
        ALT: () => {
          g.eat(6, T.REGISTRY)
          const place = g.alt<object>(7, [
            { ALT: () => ({ url: g.eat(8, T.String).value }) },
            { ALT: () => g.eat(9, T.CONNECTION) && { connection: g.sub(10, r.name) } },
          ])
          const options = g.opt(11, () => g.sub(12, r.options)) ?? []
          const more = g.sub(13, r.withOptions)
          format.registry = {
            ...place,
            ...(confluent && { confluent: true }),
            options: [...(options ?? []), ...(more ?? [])],
          }
        },
      },
    ])
  })

  r.createSink = g.rule('createSink', (head: CreateHead): CreateSink => {
    g.eat(1, T.SINK)
    const ifNotExists = g.sub(2, r.ifNotExists)
    const sink: CreateSink = {
      kind: 'createSink',
      ...(head?.orReplace && { orReplace: true }),
      ...(ifNotExists && { ifNotExists: true }),
      include: [],
      with: [],
      span: g.span(head?.start),
    }
    g.opt(3, () => (sink.name = g.sub(4, r.name)))
    g.loop(5, () =>
      g.alt<unknown>(6, [
        { ALT: () => g.eat(7, T.FROM) && (sink.from = g.sub(8, r.name)) },
        { ALT: () => g.eat(9, T.AS) && (sink.as = g.sub(10, r.query)) },
        {
          GATE: () => g.peek(2) !== T.KAFKA,
          ALT: () => {
            g.eat(11, T.INTO)
            const table = g.sub(12, r.name)
            sink.into = { table, columns: g.opt(13, () => g.sub(14, r.columnList)) ?? [] }
          },
          IGNORE_AMBIGUITIES: true,
        },
        { ALT: () => g.eat(15, T.INTO) && (sink.transport = g.sub(16, r.transport)) },
        {
          GATE: () => g.peek(2) === T.LParen,
          ALT: () => {
            g.eat(17, T.KEY)
            const columns = g.sub(18, r.columnList)
            const notEnforced = g.flag(19, T.NOT, T.ENFORCED)
            sink.key = { columns, ...(notEnforced && { notEnforced }) }
          },
          IGNORE_AMBIGUITIES: true,
        },
        { ALT: () => g.eat(20, T.HEADERS) && (sink.headers = g.ident(g.eat(21, ColId))) },
        { ALT: () => g.sub(22, r.encodingClause, sink) },
        { ALT: () => g.eat(23, T.WITH) && (sink.with = g.sub(24, r.options)) },
      ]),
    )
    if (!g.recording && !sink.from && !sink.as) g.fail()
    sink.span = g.span(head?.start)
    return sink
  })

  r.createConnection = g.rule('createConnection', (head: CreateHead): CreateConnection => {
    g.eat(1, T.CONNECTION)
    const ifNotExists = g.sub(2, r.ifNotExists)
    const connection: CreateConnection = {
      kind: 'createConnection',
      ...(head?.orReplace && { orReplace: true }),
      ...(ifNotExists && { ifNotExists: true }),
      name: g.sub(3, r.name),
      options: [],
      with: [],
      span: g.span(head?.start),
    }
    g.opt(4, () => {
      g.eat(5, T.TO)
      const words: SqlToken[] = []
      g.some(6, () => void words.push(g.eat(7, ColLabel)))
      connection.to = words.map((w) => w.value?.toUpperCase()).join(' ')
      connection.options = g.sub(8, r.options)
    })
    connection.with = g.sub(9, r.withOptions)
    connection.span = g.span(head?.start)
    return connection
  })
}
