import { describe, expect, it } from 'vitest'
import { SqlError } from '../base/sql-error.ts'
import { PlanCache } from './plan-cache.ts'
import { harness } from './testing/harness.ts'
import { Recorder } from './testing/recorder.ts'

describe('a simple query', () => {
  it('answers with columns, rows and a tag', async () => {
    const { sql } = harness()
    expect(await sql('SELECT 1 AS a')).toEqual(['columns a', 'row 1', 'SELECT 1'])
    expect(await sql('TABLE t')).toEqual([
      'columns id label',
      ...[1, 2, 3, 4, 5].map((i) => `row ${i} row ${i}`),
      'SELECT 5',
    ])
  })

  it('without a statement says so', async () => {
    const { sql } = harness()
    expect(await sql('')).toEqual(['empty'])
    expect(await sql(' ; ; ')).toEqual(['empty'])
  })

  it("has PostgreSQL's command tags", async () => {
    const { sql } = harness()
    expect(await sql("INSERT INTO t VALUES (6, 'six'), (7, 'seven')")).toEqual(['INSERT 0 2'])
    expect(await sql("INSERT INTO t VALUES (8, 'x') RETURNING *")).toEqual([
      'columns id label',
      'row 8 x',
      'INSERT 0 1',
    ])
    expect(await sql('TRUNCATE t')).toEqual(['TRUNCATE TABLE'])
    expect(await sql('CREATE TABLE u (a int)')).toEqual(['CREATE TABLE'])
    expect(await sql('DROP TABLE u')).toEqual(['DROP TABLE'])
    expect(await sql('EXPLAIN TABLE t')).toEqual(['columns QUERY PLAN', 'row first line', 'row of explain', 'EXPLAIN'])
  })

  it('reports an error with its position and goes on', async () => {
    const { sql } = harness()
    expect(await sql('SELEC 1')).toEqual([expect.stringContaining('error 42601')])
    expect(await sql('TABLE nowhere')).toEqual(['error 42P01 relation "nowhere" does not exist'])
    expect(await sql('SELECT 1')).toContain('SELECT 1')
  })

  it('refuses by name what is not there', async () => {
    const { sql } = harness()
    expect(await sql('LISTEN x')).toEqual(['error 0A000 LISTEN is not supported'])
    expect(await sql('SELECT $1')).toEqual(['error 42P02 there is no parameter $1'])
  })

  it('takes no parameters, whoever planned its text before', async () => {
    const { engine, session, sql, table } = harness({ planCache: new PlanCache() })
    const text = "INSERT INTO t VALUES ($1, 'z')"
    await session.parse('', text, [])
    await session.bind('', '', [9], [])
    await session.execute('', 0, new Recorder(), true)
    expect(await sql(text)).toEqual(['error 42P02 there is no parameter $1'])
    expect(engine.tables.get(table)).toHaveLength(6)
    // And the other way round: who binds a value afterwards gets it in.
    expect(await sql("INSERT INTO t VALUES ($2, 'z'); SELECT 1")).toEqual(['error 42P02 there is no parameter $2'])
    await session.parse('', text, [])
    await session.bind('', '', [10], [])
    await session.execute('', 0, new Recorder(), true)
    expect(engine.tables.get(table)?.at(-1)).toEqual([10, 'z'])
  })

  it.each([
    'BEGIN; DECLARE c CURSOR FOR SELECT $1',
    'COPY (SELECT $1) TO STDOUT',
    'EXPLAIN SELECT $1',
    'CREATE TABLE z AS SELECT $1',
    'PREPARE p (int) AS SELECT $1; EXECUTE p ($1)',
    "SELECT '$2', $1",
  ])('takes no parameter anywhere: %s', async (text) => {
    const { sql, session, engine } = harness()
    expect((await sql(text)).at(-1)).toBe('error 42P02 there is no parameter $1')
    expect(engine.log.filter((entry) => entry === 'ddl')).toEqual([])
    if (text.includes('; ') || text.startsWith('SELECT')) return
    await expect(session.parse('', text, [])).rejects.toMatchObject({ sqlstate: '42P02' })
  })

  it("takes '$1' as text, and the parameters of what PREPARE prepares", async () => {
    const { sql } = harness()
    expect(await sql("INSERT INTO t VALUES (6, '$1')")).toEqual(['INSERT 0 1'])
    expect(await sql('PREPARE p (int) AS SELECT $1')).toEqual(['PREPARE'])
    expect((await sql('EXECUTE p (7)')).at(1)).toBe('row 7')
  })

  it('tells a bug of ours apart from an error of the user', async () => {
    const { engine, sql } = harness()
    engine.read = async () => {
      throw new TypeError('oops')
    }
    expect(await sql('SELECT 1')).toEqual(['error XX000 internal error'])
  })
})

describe('several statements in one text', () => {
  it('commit together', async () => {
    const { engine, sql } = harness()
    const lines = await sql("INSERT INTO t VALUES (6, 'six'); INSERT INTO t VALUES (7, 'seven'); SELECT 1")
    expect(lines).toEqual(['INSERT 0 1', 'INSERT 0 1', 'columns ?column?', 'row 1', 'SELECT 1'])
    expect(engine.log).toEqual(['begin', 'commit'])
  })

  it('are all undone when one fails', async () => {
    const { engine, table, sql } = harness()
    expect(await sql("INSERT INTO t VALUES (6, 'six'); INSERT INTO t VALUES (NULL, 'x'); SELECT 1")).toEqual([
      'INSERT 0 1',
      expect.stringContaining('error 23502'),
    ])
    expect(engine.log).toEqual(['begin', 'rollback'])
    expect(engine.tables.get(table)).toHaveLength(5)
  })

  it('that cannot commit do not get the last tag', async () => {
    const { engine, session, sql } = harness()
    engine.commitError = new SqlError('40001', 'could not serialize access')
    expect(await sql("INSERT INTO t VALUES (6, 'a'); INSERT INTO t VALUES (7, 'b')")).toEqual([
      'INSERT 0 1',
      'error 40001 could not serialize access',
    ])
    expect(session.transactionStatus).toBe('I')
  })

  it('with DDL among them commit before it', async () => {
    const { engine, sql } = harness()
    await sql("INSERT INTO t VALUES (6, 'a'); CREATE TABLE u (a int); INSERT INTO u VALUES (1)")
    expect(engine.log).toEqual(['begin', 'commit', 'ddl createTable', 'begin', 'commit'])
  })

  it.each([
    [
      "INSERT INTO t VALUES (6, 'a'); CREATE TABLE u (a int); INSERT INTO t VALUES (7, 'b'); TABLE no",
      'up to CREATE TABLE',
    ],
    ['CREATE TABLE u (a int); TABLE no', 'up to CREATE TABLE'],
    ['CREATE TABLE u (a int); DROP TABLE u; TABLE no', 'up to DROP TABLE'],
    ['CREATE TABLE u (a int); BEGIN; TABLE no', 'up to CREATE TABLE'],
  ])('tell at a failure what DDL among them has committed: %s', async (text, kept) => {
    const { sql, engine, table } = harness()
    const lines = await sql(text)
    expect(lines.at(-2)).toBe(`WARNING the statements ${kept} are committed`)
    expect(lines.at(-1)).toMatch(/^error 42P01/)
    expect(engine.tables.get(table)).toHaveLength(text.includes("'a'") ? 6 : 5)
    await sql('ROLLBACK')
    expect(await sql('TABLE no')).toEqual(['error 42P01 relation "no" does not exist'])
  })

  it('tell what stands before DDL that fails itself', async () => {
    const { sql, engine } = harness()
    engine.ddl = async () => {
      throw new SqlError('42P07', 'relation "u" already exists')
    }
    expect(await sql("INSERT INTO t VALUES (6, 'a'); CREATE TABLE u (a int)")).toEqual([
      'INSERT 0 1',
      'WARNING the statements before CREATE TABLE are committed',
      'error 42P07 relation "u" already exists',
    ])
    expect(await sql('CREATE TABLE u (a int); SELECT 1')).toEqual(['error 42P07 relation "u" already exists'])
  })

  it('tell it when the rest cannot commit, and in what follows in the same transaction', async () => {
    const { sql, engine } = harness()
    expect(await sql("CREATE TABLE u (a int); BEGIN; INSERT INTO t VALUES (6, 'a')")).not.toContain('WARNING')
    expect((await sql('TABLE no'))[0]).toBe('WARNING the statements up to CREATE TABLE are committed')
    await sql('ROLLBACK')
    engine.commitError = new SqlError('40001', 'could not serialize access')
    expect(await sql("DROP TABLE u; INSERT INTO t VALUES (6, 'a')")).toEqual([
      'DROP TABLE',
      'WARNING the statements up to DROP TABLE are committed',
      'error 40001 could not serialize access',
    ])
  })

  it.each([
    'DROP TABLE no; SELECT 1',
    "INSERT INTO t VALUES (6, 'a'); DROP TABLE no",
    "INSERT INTO t VALUES (6, 'a'); TABLE no",
    'CREATE TABLE u (a int); BEGIN; INSERT INTO u VALUES (1); COMMIT; TABLE no',
  ])('do not tell it where PostgreSQL keeps the same: %s', async (text) => {
    const { sql } = harness()
    const lines = await sql(text)
    expect(lines.at(-1)).toMatch(/^error 42P01/)
    expect(lines.filter((line) => line.startsWith('WARNING'))).toEqual([])
  })

  it('may hold a whole transaction', async () => {
    const { engine, session, sql } = harness()
    expect(await sql("BEGIN; INSERT INTO t VALUES (6, 'a'); COMMIT; SELECT 1")).toEqual([
      'BEGIN',
      'INSERT 0 1',
      'COMMIT',
      'columns ?column?',
      'row 1',
      'SELECT 1',
    ])
    expect(engine.log.slice(0, 2)).toEqual(['begin', 'commit'])
    expect(session.transactionStatus).toBe('I')
  })
})

describe('a transaction', () => {
  it('sees its own writes, and others see them at COMMIT', async () => {
    const { engine, table, session, sql } = harness()
    expect(await sql('BEGIN')).toEqual(['BEGIN'])
    expect(session.transactionStatus).toBe('T')
    await sql("INSERT INTO t VALUES (6, 'six')")
    expect(await sql('TABLE t')).toContain('SELECT 6')
    expect(engine.tables.get(table)).toHaveLength(5)
    expect(await sql('COMMIT')).toEqual(['COMMIT'])
    expect(engine.tables.get(table)).toHaveLength(6)
    expect(session.transactionStatus).toBe('I')
  })

  it('that failed takes nothing but its end', async () => {
    const { engine, session, sql } = harness()
    await sql('BEGIN')
    await sql('TABLE nowhere')
    expect(session.transactionStatus).toBe('E')
    const refused = 'error 25P02 current transaction is aborted, commands ignored until end of transaction block'
    expect(await sql('SELECT 1')).toEqual([refused])
    expect(await sql('SET TimeZone = 0')).toEqual([refused])
    expect(await sql('BEGIN')).toEqual([refused])
    expect(await sql('COMMIT')).toEqual(['ROLLBACK'])
    expect(session.transactionStatus).toBe('I')
    expect(engine.log).not.toContain('commit')
  })

  it('warns about BEGIN within and COMMIT without', async () => {
    const { sql } = harness()
    expect(await sql('COMMIT')).toEqual(['WARNING there is no transaction in progress', 'COMMIT'])
    expect(await sql('ROLLBACK')).toEqual(['WARNING there is no transaction in progress', 'ROLLBACK'])
    await sql('BEGIN')
    expect(await sql('START TRANSACTION')).toEqual([
      'WARNING there is already a transaction in progress',
      'START TRANSACTION',
    ])
  })

  it('accepts every isolation level', async () => {
    const { sql } = harness()
    for (const level of ['SERIALIZABLE', 'REPEATABLE READ', 'READ COMMITTED', 'READ UNCOMMITTED']) {
      expect(await sql(`BEGIN ISOLATION LEVEL ${level}`)).toEqual(['BEGIN'])
      expect(await sql('SHOW transaction_isolation')).toContain(`row ${level.toLowerCase()}`)
      await sql('COMMIT')
    }
  })

  it('that is read only refuses writes', async () => {
    const { engine, sql } = harness()
    await sql('BEGIN READ ONLY')
    await sql('TABLE t')
    expect(engine.log).toEqual(['begin read only'])
    expect(await sql("INSERT INTO t VALUES (1, 'x')")).toEqual([
      'error 25006 cannot execute INSERT in a read-only transaction',
    ])
    await sql('ROLLBACK')
    await sql('SET default_transaction_read_only = on')
    expect(await sql('TRUNCATE t')).toEqual(['error 25006 cannot execute TRUNCATE TABLE in a read-only transaction'])
  })

  it('goes on in a new one with AND CHAIN', async () => {
    const { session, sql } = harness()
    expect(await sql('COMMIT AND CHAIN')).toEqual([
      'error 25P01 COMMIT AND CHAIN can only be used in transaction blocks',
    ])
    await sql('BEGIN READ ONLY')
    expect(await sql('COMMIT AND CHAIN')).toEqual(['COMMIT'])
    expect(session.transactionStatus).toBe('T')
    expect(await sql('TRUNCATE t')).toEqual([expect.stringContaining('25006')])
    expect(await sql('ROLLBACK AND CHAIN')).toEqual(['ROLLBACK'])
    expect(session.transactionStatus).toBe('T')
  })

  it('refuses DDL by name', async () => {
    const { sql } = harness()
    await sql('BEGIN')
    expect(await sql('CREATE TABLE u (a int)')).toEqual([
      'error 25001 CREATE TABLE cannot run inside a transaction block',
    ])
  })

  it('that cannot commit is over', async () => {
    const { engine, session, sql } = harness()
    await sql('BEGIN')
    await sql('TABLE t')
    engine.commitError = new SqlError('40001', 'could not serialize access')
    expect(await sql('COMMIT')).toEqual(['error 40001 could not serialize access'])
    expect(session.transactionStatus).toBe('I')
  })
})
