import fc from 'fast-check'
import { serialize } from 'pg-protocol/dist/serializer.js'

/** Input that no client would send: messages of the protocol, and statements. */

/** One conversation's messages, good ones among them: `valid` are those, the rest is garbled, damaged, cut, or noise. */
export function malformedMessages(valid: readonly Buffer[]): fc.Arbitrary<Buffer> {
  const good = fc.constantFrom(...valid)
  /** A message whose length is right and whose content is not. */
  const garbled = fc
    .tuple(fc.constantFrom(...'QPBDECHSXFdcfp'), fc.uint8Array({ maxLength: 60 }))
    .map(([type, body]) => framed(type, Buffer.from(body)))
  const damaged = fc.tuple(good, fc.nat(), fc.nat(255)).map(([bytes, at, value]) => {
    const copy = Buffer.from(bytes)
    copy[at % copy.length] = value
    return copy
  })
  const cut = fc.tuple(good, fc.nat()).map(([bytes, at]) => bytes.subarray(0, at % bytes.length))
  return fc.oneof(
    { weight: 6, arbitrary: good },
    { weight: 6, arbitrary: garbled },
    { weight: 2, arbitrary: damaged },
    { weight: 1, arbitrary: cut },
    { weight: 1, arbitrary: noise },
  )
}

export const noise = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes))

function framed(type: string, body: Buffer): Buffer {
  const header = Buffer.alloc(5)
  header.write(type, 'latin1')
  header.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([header, body])
}

/** One message of every kind that a client may send, over these statements. */
export function messagesOver(statements: readonly string[]): Buffer[] {
  return [
    ...statements.map((text) => serialize.query(text)),
    serialize.query(''),
    ...statements.map((text) => serialize.parse({ text })),
    serialize.parse({ name: 's', text: statements[0] }),
    serialize.bind({ values: ['1', null, 'abc'] }),
    serialize.bind({}),
    serialize.bind({ statement: 'none' }),
    serialize.describe({ type: 'S' }),
    serialize.describe({ type: 'P', name: 'none' }),
    serialize.execute({ rows: 1 }),
    serialize.execute({ portal: 'none' }),
    serialize.close({ type: 'S' }),
    serialize.flush() as Buffer,
    serialize.sync() as Buffer,
    serialize.copyData(Buffer.from('data\n')),
    serialize.copyDone() as Buffer,
    serialize.copyFail('enough'),
    serialize.password('secret'),
  ]
}

const WORDS = [
  ...'SELECT FROM WHERE GROUP BY ORDER LIMIT INSERT INTO VALUES UPDATE SET DELETE JOIN ON AND OR NOT NULL'.split(' '),
  ...'IN AS CASE WHEN THEN END TO FETCH DECLARE CURSOR FOR EXPLAIN SHOW PREPARE EXECUTE'.split(' '),
  ...'SUBSCRIBE WITH CREATE TABLE VIEW MATERIALIZED DROP ALTER RENAME UNION ALL DISTINCT HAVING'.split(' '),
  ...['t', 'id', 'v', "'x'", "''", '1', '2.5', '-1', '99999999999999999999', '$1', '*', '(', ')', ',', '.', ';'],
  ...['=', '<', '+', '::int', '::text', '||', '[', ']', '"q"', "'unterminated", '/*', '--', 'count(*)', 'sum(v)'],
]
const soup = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 14 }).map((words) => words.join(' '))

/** A good statement with words dropped, doubled, or replaced. */
const GOOD = [
  'SELECT id , v FROM t WHERE id = 1 ORDER BY v LIMIT 1',
  'SELECT a . id , count ( * ) FROM t a JOIN t b ON a . id = b . id GROUP BY a . id',
  "INSERT INTO t VALUES ( 5 , 'x' ) ON CONFLICT ( id ) DO NOTHING RETURNING id",
  "UPDATE t SET v = 'y' WHERE id = 2",
  'WITH c AS ( SELECT * FROM t ) SELECT * FROM c UNION ALL SELECT * FROM t',
  "SELECT CASE WHEN id > 1 THEN 'a' ELSE v END FROM t",
  'CREATE MATERIALIZED VIEW m AS SELECT v , count ( * ) FROM t GROUP BY v',
  'EXPLAIN PHYSICAL PLAN FOR SELECT * FROM t',
  "SET statement_timeout = '5s'",
]
const damagedStatement = fc
  .tuple(fc.constantFrom(...GOOD), fc.nat(), fc.constantFrom('drop', 'double', 'replace'), fc.constantFrom(...WORDS))
  .map(([text, at, how, word]) => {
    const words = text.split(' ')
    const i = at % words.length
    words.splice(i, how === 'double' ? 0 : 1, ...(how === 'drop' ? [] : [how === 'double' ? words[i] : word]))
    return words.join(' ')
  })

/** Over a table `t (id int PRIMARY KEY, v text)`. Without what would stream and so never answer by itself. */
export const malformedStatement = fc.oneof(soup, damagedStatement).filter((text) => !/subscribe/i.test(text))
