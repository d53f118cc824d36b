import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchFromRows } from '../types/batch-build.ts'
import { TEXT } from '../types/sql-type.ts'
import type { CopyOptions } from './copy/options.ts'
import { readFields } from './copy/read-fields.ts'
import { RecordSplitter } from './copy/split-records.ts'
import { CopyLines } from './copy/write-rows.ts'
import { eventually, harness } from './testing/harness.ts'
import { Recorder } from './testing/recorder.ts'

const TEXT_FORMAT: CopyOptions = {
  format: 'text',
  delimiter: '\t',
  null: '\\N',
  header: 'none',
  quote: '"',
  escape: '"',
  forced: {},
}
const CSV: CopyOptions = { ...TEXT_FORMAT, format: 'csv', delimiter: ',', null: '' }

function split(options: CopyOptions, chunks: readonly Uint8Array[]): string[] {
  const splitter = new RecordSplitter(options)
  const records = chunks.flatMap((chunk) => splitter.push(chunk))
  return [...records, ...splitter.finish()].map((record) => record.text)
}

describe.each([
  ['text', TEXT_FORMAT],
  ['text with a bar', { ...TEXT_FORMAT, delimiter: '|', null: '' }],
  ['csv', CSV],
  ['csv with other marks', { ...CSV, delimiter: ';', quote: "'", escape: '\\', null: 'NULL' }],
])('rows written as %s', (_, options: CopyOptions) => {
  it('read back as they were, whatever they hold and however they are cut', () => {
    const cell = fc.option(fc.string({ unit: fc.constantFrom(...'ab\\N"\',;|\t\n\r\b.é€𝄞 x0'), maxLength: 8 }))
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 7 }), (data, size) => {
        const fields = ['a', 'b'].map((name) => ({ name, type: TEXT, nullable: true }))
        const lines = new CopyLines(fields, options, {})
        const batch = batchFromRows([TEXT, TEXT], data)
        const bytes = Buffer.from(data.map((_, i) => lines.line(batch, i)).join(''))
        const chunks = []
        for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
        // Where the mark is the empty text the two look alike, as in PostgreSQL; other marks are escaped.
        const blur = (v: string | null): string | null =>
          options.format === 'text' && options.null === '' && v === '' ? null : v
        const read = split(options, chunks).map((record) => readFields(record, options))
        expect(read).toEqual(data.map((row) => row.map(blur)))
      }),
      { numRuns: 400 },
    )
  })
})

describe('records', () => {
  it.each([
    ['line ends of two characters', 'a\r\nb\r\nc', ['a', 'b', 'c']],
    ['carriage returns', 'a\rb\r', ['a', 'b']],
    ['an empty line', 'a\n\nb\n', ['a', '', 'b']],
    ['an escaped newline', 'a\\\nb\nc\n', ['a\\\nb', 'c']],
    ['the end mark', 'a\n\\.\nb\n', ['a']],
  ])('of text: %s', (_, text, expected) => expect(split(TEXT_FORMAT, [Buffer.from(text)])).toEqual(expected))

  it.each([
    ['quoted newlines', '"a\nb",c\nd,e\n', ['"a\nb",c', 'd,e']],
    ['doubled quotes', '"a""\n""b"\nc\n', ['"a""\n""b"', 'c']],
    ['the end mark', 'a\n\\.\nb\n', ['a']],
  ])('of CSV: %s', (_, text, expected) => expect(split(CSV, [Buffer.from(text)])).toEqual(expected))

  it.each([
    ['a\\tb\\\\c\\x41\\101\\q', ['a\tb\\cAAq']],
    ['\\N\tN\t\\\\N', [null, 'N', '\\N']],
    ['\\303\\251', ['é']],
    ['a\\\tb', ['a\tb']],
    ['a\t', ['a', '']],
  ])('text %j', (text, expected) => expect(readFields(text, TEXT_FORMAT)).toEqual(expected))

  it.each([
    ['a,,"",b', ['a', null, '', 'b']],
    ['"x, ""y""",z', ['x, "y"', 'z']],
    ['x"y,z"w,1', ['xy,zw', '1']],
  ])('CSV %j', (text, expected) => expect(readFields(text, CSV)).toEqual(expected))
})

describe('COPY TO', () => {
  it.each([
    ['COPY t TO STDOUT', ['copy out 2', 'data "1\\trow 1\\n"', 'COPY 5']],
    ['COPY t (label) TO STDOUT', ['copy out 2', 'data "1\\trow 1\\n"', 'COPY 5']],
    ['COPY (TABLE t) TO STDOUT (FORMAT csv)', ['copy out 2', 'data "1,row 1\\n"', 'COPY 5']],
    ['COPY t TO STDOUT WITH (FORMAT csv, HEADER)', ['copy out 2', 'data "id,label\\n"', 'COPY 5']],
    ["COPY t TO STDOUT (DELIMITER '|')", ['copy out 2', 'data "1|row 1\\n"', 'COPY 5']],
  ])('%s', async (statement, [first, second, last]) => {
    const { sql } = harness()
    const lines = await sql(statement)
    expect([lines[0], lines[1], lines.at(-2), lines.at(-1)]).toEqual([first, second, 'copy end', last])
  })

  it('streams a subscription', async () => {
    const { engine, session } = harness()
    const sink = new Recorder()
    const running = session.simpleQuery('COPY (SUBSCRIBE TO t WITH (PROGRESS)) TO STDOUT', sink)
    await eventually(() => engine.subscriptions.length === 1)
    const [subscription] = engine.subscriptions
    subscription.send({ kind: 'progress', timestampMs: 7 })
    await eventually(() => sink.lines.length === 2)
    subscription.send({ kind: 'rows', timestampMs: 7, batch: batchFromRows([TEXT, TEXT], [['1', 'a']], [-1]) })
    subscription.end()
    await running
    expect(sink.lines).toEqual([
      'copy out 5',
      'data "7\\tt\\t\\\\N\\t\\\\N\\t\\\\N\\n"',
      expect.stringContaining('data "7\\tf\\t-1\\t'),
      'copy end',
      'COPY 2',
    ])
  })
})

describe('COPY FROM STDIN', () => {
  it('adds rows, whole or by column, in one transaction', async () => {
    const { engine, sql, table } = harness()
    expect(await sql('COPY t FROM STDIN', ['6\tsix\n7', '\t\\N\n'])).toEqual(['COPY 2'])
    expect(await sql('COPY t (label, id) FROM STDIN CSV HEADER', ['label,id\n"a,b",8\n'])).toEqual(['COPY 1'])
    expect(engine.tables.get(table)?.slice(5)).toEqual([
      [6, 'six'],
      [7, null],
      [8, 'a,b'],
    ])
    expect(engine.log).toEqual(['begin', 'commit', 'begin', 'commit'])
  })

  it('forces NULL or a text in columns of CSV', async () => {
    const { engine, sql, table } = harness()
    const options = '(FORMAT csv, FORCE_NULL (label))'
    expect(await sql(`COPY t FROM STDIN ${options}`, ['6,""\n7,\n'])).toEqual(['COPY 2'])
    expect(await sql('COPY t FROM STDIN (FORMAT csv, FORCE_NOT_NULL (label))', ['8,\n'])).toEqual(['COPY 1'])
    expect(engine.tables.get(table)?.slice(5)).toEqual([
      [6, null],
      [7, null],
      [8, ''],
    ])
  })

  it('copies out what a change returns, and quotes what it is told to', async () => {
    const { sql } = harness()
    const text = "COPY (INSERT INTO t VALUES (6, 'x') RETURNING *) TO STDOUT (FORMAT csv, FORCE_QUOTE (label))"
    expect(await sql(text)).toEqual(['copy out 2', 'data "6,\\"x\\"\\n"', 'copy end', 'COPY 1'])
  })

  it('takes more rows than one write holds', async () => {
    const { engine, sql, table } = harness()
    const lines = Array.from({ length: 10_000 }, (_, i) => `${i}\tx\n`)
    expect(await sql('COPY t FROM STDIN', [lines.join('')])).toEqual(['COPY 10000'])
    expect(engine.tables.get(table)).toHaveLength(10_005)
  })

  it.each([
    ['COPY t FROM STDIN', '1\ta\nx\tb\n', '22P02', 'COPY t, line 2, column id: "x"'],
    ['COPY t FROM STDIN', '1\ta\n2\n', '22P04', 'COPY t, line 2: "2"'],
    ['COPY t FROM STDIN', '1\ta\tb\n', '22P04', 'COPY t, line 1: "1\ta\tb"'],
    ['COPY t FROM STDIN CSV', '1,"a\nb"\n2,c,d\n', '22P04', 'COPY t, line 2: "2,c,d"'],
    ['COPY t FROM STDIN CSV', '0,x\n1,"a\nb"\n2,c,d\n', '22P04', 'COPY t, line 4: "2,c,d"'],
    ['COPY t FROM STDIN CSV', '1,"a\n', '22P04', 'COPY t, line 1: "1,"a\n"'],
    ['COPY t FROM STDIN', '1\ta\r\n2\tb\n', '22P04', 'COPY t, line 2'],
    ['COPY t FROM STDIN CSV', '1,a\n2,b\r\n', '22P04', 'COPY t, line 2'],
    ['COPY t FROM STDIN (FORMAT csv, HEADER match)', 'id,name\n', '22P04', 'COPY t, line 1: "id,name"'],
  ])('%s of %j is %s', async (statement, input, sqlstate, where) => {
    const { engine, session, table } = harness()
    const sink = new Recorder()
    sink.input = [input]
    await session.simpleQuery(statement, sink)
    expect(sink.errors).toMatchObject([{ sqlstate, fields: { where } }])
    expect(engine.tables.get(table)).toHaveLength(5)
    expect(engine.log.at(-1)).toBe('rollback')
  })

  it('names bytes that are no UTF-8', async () => {
    const { session } = harness()
    const sink = new Recorder()
    sink.copyIn = async function* () {
      yield Buffer.from([0x31, 0x09, 0xff, 0x0a])
    }
    await session.simpleQuery('COPY t FROM STDIN', sink)
    expect(sink.errors).toMatchObject([{ sqlstate: '22021' }])
  })

  it.each([
    ["COPY t FROM '/etc/passwd'", '0A000'],
    ["COPY t TO PROGRAM 'sh'", '0A000'],
    ['COPY t FROM STDIN (FORMAT binary)', '0A000'],
    ['COPY t FROM STDIN (FORMAT nonsense)', '22023'],
    ['COPY t FROM STDIN (NONSENSE)', '42601'],
    ["COPY t FROM STDIN (DELIMITER 'ab')", '0A000'],
    ["COPY t FROM STDIN (QUOTE '!')", '0A000'],
    ["COPY t FROM STDIN (ENCODING 'latin1')", '0A000'],
    ["COPY t FROM STDIN (DELIMITER ',', NULL 'a,b')", '0A000'],
    [`COPY t FROM STDIN (FORMAT csv, NULL 'a"b')`, '0A000'],
    ['COPY t TO STDOUT (FORCE_QUOTE *)', '0A000'],
    ['COPY t TO STDOUT (FORMAT csv, FORCE_QUOTE (nope))', '42703'],
    ['COPY t TO STDOUT (FORMAT csv, FORCE_NULL (id))', '0A000'],
    ['COPY t FROM STDIN (FORMAT csv, FORCE_NULL *)', '22023'],
    ["COPY (INSERT INTO t VALUES (8, 'a')) TO STDOUT", '0A000'],
    ['COPY nowhere FROM STDIN', '42P01'],
  ])('%s is %s', async (statement, sqlstate) => {
    const { sql } = harness()
    expect(await sql(statement)).toEqual([expect.stringContaining(`error ${sqlstate}`)])
  })
})
