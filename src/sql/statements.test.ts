import { describe, expect, test } from 'vitest'
import { scalarText } from './explain-scalar.ts'
import { catalogOf, planRead, planSql, rowText } from './testing/planner.ts'

const catalog = catalogOf(`
  CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT 7, b varchar(5) NOT NULL);
  CREATE TABLE s (k int, v numeric);
  CREATE CONNECTION kc TO KAFKA (BROKER 'a:1,b:2');
  CREATE SOURCE clicks (u text, n int) FROM KAFKA CONNECTION kc (TOPIC 'clicks') FORMAT JSON;
`)

function ddl(sql: string) {
  const planned = planSql(sql, catalog)
  if (planned.kind !== 'ddl' || !planned.statement) throw new Error('no definition')
  return planned.statement
}

function source(sql: string) {
  const plan = ddl(sql)
  if (plan.kind !== 'createSource') throw new Error(plan.kind)
  return plan
}

describe('names and types of a query', () => {
  test.each([
    ['SELECT count(*), sum(a), max(b) FROM t', 'count int8 not null, sum int8, max text'],
    [
      "SELECT 1, 'x', NULL, 1.5, 3000000000",
      '?column? int4 not null, ?column? text not null, ?column? text, ?column? numeric not null, ?column? int8 not null',
    ],
    ['SELECT a::text, CASE WHEN true THEN 1 END, coalesce(a, 0) FROM t', 'a text, case int4, coalesce int4 not null'],
    ['SELECT t.*, s.v FROM t LEFT JOIN s ON s.k = t.id', 'id int4 not null, a int4, b varchar not null, v numeric'],
    ['SELECT 1 UNION SELECT 2.5', '?column? numeric not null'],
    ['VALUES (1, NULL), (2, 3)', 'column1 int4 not null, column2 int4'],
    [
      'SELECT * FROM t JOIN s ON true WHERE v IS NOT NULL',
      'id int4 not null, a int4, b varchar not null, k int4, v numeric not null',
    ],
  ])('%s', (sql, row) => {
    expect(rowText(planRead(sql, catalog).request.fields)).toBe(row)
  })

  test('plain columns know the table that they come from', () => {
    expect(planRead('SELECT a + 1, b FROM t', catalog).origins).toEqual([
      { tableOid: 0, columnNumber: 0 },
      { tableOid: 16384, columnNumber: 3 },
    ])
  })
})

describe('parameters', () => {
  test.each([
    ['SELECT * FROM t WHERE id = $1 AND b LIKE $2', ['int4', 'text']],
    ['SELECT $1', ['text']],
    ['INSERT INTO s VALUES ($1, $2)', ['int4', 'numeric']],
    ['SELECT $1 + 1, $1', ['int4']],
    ['SELECT 1 FROM t LIMIT $1 OFFSET $2', ['int8', 'int8']],
  ])('%s', (sql, types) => {
    expect(planSql(sql, catalog).paramTypes.map((t) => t.kind)).toEqual(types)
  })
})

describe('lookups', () => {
  test('equality on the whole primary key is answered without a circuit', () => {
    const { lookup } = planRead('SELECT b FROM t WHERE a > 1 AND id = $1', catalog).request
    expect(lookup?.columns).toEqual([0])
    expect(lookup?.keys.map((k) => scalarText(k, []))).toEqual(['$1'])
    expect(lookup?.residual && scalarText(lookup.residual, [])).toBe('(#1 > 1)')
    expect(lookup?.project.map((e) => scalarText(e, []))).toEqual(['#2'])
  })

  test('a range, a function of the key or a wider value that does not fit is no lookup', () => {
    for (const where of ['id > 1', 'id + 0 = 1', 'id = 3000000000', 'id = a']) {
      expect(planRead(`SELECT b FROM t WHERE ${where}`, catalog).request.lookup, where).toBeNull()
    }
  })

  test('FOR UPDATE locks the rows of a primary key', () => {
    expect(planRead('SELECT * FROM t WHERE id = 3 FOR UPDATE', catalog).lock?.table).toBe(16384)
    expect(() => planRead('SELECT * FROM t WHERE a = 3 FOR UPDATE', catalog)).toThrow(
      'FOR UPDATE of rows that are not given',
    )
  })
})

describe('writes', () => {
  test('INSERT gives whole rows: defaults and assignment casts inside', () => {
    const planned = planSql("INSERT INTO t (b, id) VALUES ('x', 1), ('y', DEFAULT)", catalog)
    if (planned.kind !== 'write' || planned.statement.kind !== 'insert') throw new Error(planned.kind)
    const { source } = planned.statement
    if (source.kind !== 'values') throw new Error(source.kind)
    expect(source.rows.map((r) => r.map((s) => scalarText(s, [])).join(' '))).toEqual(["1 7 'x'", "NULL 7 'y'"])
  })

  test('ON CONFLICT DO UPDATE sees the old row, then the one proposed', () => {
    const sql = "INSERT INTO t VALUES (1, 2, 'x') ON CONFLICT (id) DO UPDATE SET a = t.a + excluded.a WHERE t.a > 0"
    const planned = planSql(sql, catalog)
    if (planned.kind !== 'write' || planned.statement.kind !== 'insert') throw new Error(planned.kind)
    const { onConflict } = planned.statement
    if (onConflict?.kind !== 'update') throw new Error('no update')
    expect(onConflict.set.map((s) => scalarText(s, []))).toEqual(['#0', '(#1 + #4)', '#2'])
    expect(onConflict.where && scalarText(onConflict.where, [])).toBe('(#1 > 0)')
  })

  test('UPDATE and DELETE by primary key look the row up', () => {
    for (const sql of ['UPDATE t SET a = a + 1 WHERE id = $1', 'DELETE FROM t WHERE id = $1']) {
      const planned = planSql(sql, catalog)
      if (planned.kind !== 'write' || !('lookup' in planned.statement)) throw new Error(sql)
      expect(planned.statement.lookup?.keys.map((k) => scalarText(k, []))).toEqual(['$1'])
    }
  })
})

describe('sources: three spellings of one thing', () => {
  const spellings = [
    `CREATE SOURCE o (id bigint, n int) FROM KAFKA BROKER 'a:1' TOPIC 'x' (START OFFSET (0, 10)) FORMAT JSON INCLUDE OFFSET`,
    `CREATE SOURCE o (id bigint, n int) INCLUDE OFFSET WITH (connector = 'kafka', topic = 'x', properties.bootstrap.server = 'a:1', "start offset" = (0, 10)) FORMAT PLAIN ENCODE JSON`,
    `CREATE TABLE o (id BIGINT, n INT, "offset" BIGINT NOT NULL METADATA FROM 'offset') WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'a:1', 'format' = 'json', 'properties.group.id' = 'g')`,
  ]

  test.each(spellings)('%s', (sql) => {
    const plan = source(sql)
    expect(rowText(plan.rowType)).toBe('id int8, n int4, offset int8 not null')
    const { options } = plan.connector.transport
    expect({ broker: options['broker'], topic: options['topic'] }).toEqual({ broker: 'a:1', topic: 'x' })
    expect(plan.connector.format).toEqual({ kind: 'json', options: {} })
    expect(plan.connector.include).toEqual([{ what: 'offset', column: 2 }])
  })

  test('p AS PROCTIME() is no column of the records', () => {
    for (const sql of [
      "CREATE TABLE o (p AS PROCTIME(), id BIGINT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'a:1', 'format' = 'json')",
      "CREATE SOURCE o (id bigint, p AS PROCTIME()) FROM KAFKA BROKER 'a:1' TOPIC 'x' FORMAT JSON",
    ]) {
      const plan = source(sql)
      expect([rowText(plan.rowType), plan.arrivals]).toEqual(['id int8', ['p']])
    }
  })

  test('Flink\'s "..." stands for the topic of the name, JSON, the beginning and the broker of the server', () => {
    const plan = source("CREATE TABLE clicks (user_id STRING) WITH ('connector' = 'kafka', ...)")
    expect(plan.connector.transport.options).toEqual({
      topic: 'clicks',
      broker: 'localhost:9092',
      'start mode': 'earliest',
    })
    expect(plan.connector.format).toEqual({ kind: 'json', options: {} })
    const partly = source(
      "CREATE TABLE clicks (u STRING) WITH ('connector' = 'kafka', 'topic' = 'x', 'format' = 'raw', ...)",
    )
    expect([partly.connector.transport.options['topic'], partly.connector.format?.kind]).toEqual(['x', 'bytes'])
  })

  test('three spellings of a schema registry', () => {
    const registry = { 'registry url': 'http://sr:8081', subject: 'x-value' }
    const formats = [
      "CREATE SOURCE o FROM KAFKA BROKER 'a:1' TOPIC 'x' FORMAT AVRO USING CONFLUENT SCHEMA REGISTRY 'http://sr:8081'",
      "CREATE SOURCE o WITH (connector = 'kafka', topic = 'x', properties.bootstrap.server = 'a:1') FORMAT PLAIN ENCODE AVRO (schema.registry = 'http://sr:8081')",
      "CREATE TABLE o (a INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'a:1', 'format' = 'avro-confluent', 'avro-confluent.url' = 'http://sr:8081')",
    ].map((sql) => source(sql).connector.format)
    for (const format of formats) expect(format).toMatchObject({ kind: 'avro', options: registry })
  })

  test('secrets are in the options, and not in the text that is kept', () => {
    const plan = ddl(
      "CREATE CONNECTION sr TO CONFLUENT SCHEMA REGISTRY (URL 'http://u:geheim@sr', USERNAME 'u', PASSWORD = 'geheim')",
    )
    expect(plan).toMatchObject({
      options: { 'registry password': 'geheim' },
      sql: "CREATE CONNECTION sr TO CONFLUENT SCHEMA REGISTRY (URL 'http://***:***@sr', USERNAME 'u', PASSWORD = '***')",
    })
  })

  test('without columns a source has one for the whole value', () => {
    const make = (format: string) =>
      source(`CREATE SOURCE o FROM KAFKA BROKER 'a:1' TOPIC 'x' FORMAT ${format}`).rowType
    expect(rowText(make('JSON'))).toBe('data jsonb')
    expect(rowText(make('TEXT'))).toBe('text text')
    expect(rowText(make('BYTES'))).toBe('data bytea')
  })

  test('a connection brings its brokers', () => {
    const entry = catalog.byName(2, 'clicks')
    expect(entry?.kind === 'source' && entry.connector.transport.options).toEqual({
      broker: 'a:1,b:2',
      topic: 'clicks',
    })
  })

  test('upserts need a key, from INCLUDE KEY or PRIMARY KEY', () => {
    const base = "FROM KAFKA BROKER 'a:1' TOPIC 'x' KEY FORMAT TEXT VALUE FORMAT JSON"
    const included = source(`CREATE SOURCE o (n int) ${base} INCLUDE KEY AS k ENVELOPE UPSERT`)
    expect([included.upsertKey, rowText(included.rowType)]).toEqual([[1], 'n int4, k text not null'])
    const declared = source(`CREATE SOURCE o (id text PRIMARY KEY, n int) ${base} ENVELOPE UPSERT`)
    expect([declared.upsertKey, declared.connector.envelope.options]).toEqual([[0], { key: [0] }])
    expect(() => source(`CREATE SOURCE o (n int) ${base} ENVELOPE UPSERT`)).toThrow('ENVELOPE UPSERT needs a key')
  })

  test('load generators have columns of their own', () => {
    const plan = source("CREATE SOURCE o FROM LOAD GENERATOR AUCTION (TABLE 'bids', RATE 20)")
    expect(plan.connector.transport).toEqual({
      kind: 'generator',
      options: { name: 'auction', table: 'bids', rate: 20 },
    })
    expect(plan.rowType.map((f) => f.name)).toEqual(['id', 'buyer', 'auction_id', 'amount', 'bid_time'])
  })
})

test('the text of a view keeps its meaning whatever the search path', () => {
  const plan = ddl('CREATE VIEW v AS SELECT t.a, x.k FROM t JOIN s AS x ON x.k = t.id')
  expect('sql' in plan && plan.sql).toBe(
    'CREATE VIEW "public"."v" AS SELECT t.a, x.k FROM "public"."t" AS "t" JOIN "public"."s" AS x ON x.k = t.id',
  )
  expect('dependsOn' in plan && plan.dependsOn).toEqual([16384, 16385])
})
