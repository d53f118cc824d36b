import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parseTestArguments } from './arguments.ts'
import { runAll } from './command.ts'
import { localTarget } from './local-target.ts'
import { parseSlt } from './parse.ts'

/** What goes wrong with sources that are stubs; what goes right is in sql-tests/sources/. */

const folder = mkdtempSync(join(tmpdir(), 'millrace-stubs-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The messages of what failed. */
async function failures(text: string, flags: readonly string[] = ['--stub-sources']): Promise<string[]> {
  const file = join(folder, 'f.slt')
  writeFileSync(file, text)
  const options = parseTestArguments([...flags, file])
  const open = (_: string, durable: boolean) => localTarget(durable, options.stubSources)
  const [report] = await runAll(options, { interactive: false, write() {} }, open)
  return report!.outcome.failures.map((failure) => failure.message)
}
const SOURCE = `statement ok
CREATE SOURCE o (id int) FROM KAFKA BROKER 'k:9092' TOPIC 'orders' FORMAT`
const AVRO = `schema orders-value
{"type": "record", "name": "O", "fields": [{"name": "id", "type": "long"}]}

statement ok
CREATE SOURCE o FROM KAFKA BROKER 'k:9092' TOPIC 'orders' FORMAT AVRO USING SCHEMA REGISTRY 'http://sr:8081'`

describe('what cannot be fed says why', () => {
  test.each([
    ['no source', 'feed nothing\n{}', ['there is no source "nothing"']],
    [
      'a partition that the topic does not have',
      `${SOURCE} JSON\n\nfeed o partition 2\n{"id": 1}`,
      ['topic "orders" has 1 partition: write "topic orders 3" before its source'],
    ],
    [
      'a topic that is in use',
      `${SOURCE} JSON\n\ntopic orders 3`,
      ['topic "orders" is in use already: declare it before its source'],
    ],
    [
      'a key without a value',
      `${SOURCE} JSON\n\nfeed o keyed\n{"id": 1}`,
      ['line 1: a line of keyed records is a key and a value, not {"id": 1}'],
    ],
    [
      'a value that is none of its schema',
      `${AVRO}\n\nfeed o\n{"id": 1}\n{"id": "x"}`,
      ['line 2: field "id": it is no long'],
    ],
    [
      'a load generator',
      'statement ok\nCREATE SOURCE c FROM LOAD GENERATOR COUNTER\n\nfeed c\n{}',
      ['only Kafka sources can be fed'],
    ],
  ])('%s', async (_, text, messages) => {
    expect(await failures(text)).toEqual(messages)
  })

  test('a schema that nobody gave fails as a registry without it does', async () => {
    const [message] = await failures(AVRO.slice(AVRO.indexOf('statement')))
    expect(message).toContain('subject "orders-value" does not exist in schema registry "http://sr:8081"')
  })

  test('without --stub-sources there is no broker, and nothing to feed', async () => {
    expect(await failures('feed o\n{}', [])).toEqual([
      '`feed` needs sources that are stubs: millrace test --stub-sources',
    ])
    expect(() => parseTestArguments(['--stub-sources', '--url', 'postgresql://x', folder])).toThrow('leave --url away')
  })

  test.each(['feed', 'feed o at noon', 'feed o partition x', 'topic t', 'topic t 0', 'schema', 'schema s a.avsc b'])(
    '`%s` is no directive',
    (line) => {
      expect(() => parseSlt(line, 'f.slt')).toThrow()
    },
  )
})

test('statements and schemas stand in files of their own', async () => {
  writeFileSync(
    join(folder, 'pipeline.sql'),
    `${AVRO.slice(AVRO.indexOf('CREATE'))};\nCREATE VIEW v AS SELECT id FROM o;\n`,
  )
  writeFileSync(
    join(folder, 'order.avsc'),
    '{"type": "record", "name": "O", "fields": [{"name": "id", "type": "long"}]}',
  )
  const text =
    'schema orders-value order.avsc\n\nrun pipeline.sql\n\nfeed o\n{"id": 9}\n\nquery I\nSELECT * FROM v\n----\n9'
  expect(await failures(text)).toEqual([])
  expect(await failures('run gone.sql')).toEqual([expect.stringContaining('there is no file')])
})
