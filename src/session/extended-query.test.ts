import { describe, expect, it } from 'vitest'
import { SqlError } from '../base/sql-error.ts'
import { TEXT } from '../types/sql-type.ts'
import { PlanCache } from './plan-cache.ts'
import { ID_LABEL } from './testing/fake-engine.ts'
import { harness } from './testing/harness.ts'
import { Recorder } from './testing/recorder.ts'

const raw = (text: string) => ({ format: 0 as const, bytes: Buffer.from(text) })

describe('parse, bind, execute', () => {
  it('runs a statement with parameters as text, binary and JS values', async () => {
    const { engine, session, table } = harness()
    await session.parse('ins', 'INSERT INTO t VALUES ($1, $2)', [])
    expect(session.describeStatement('ins')).toEqual({ paramTypes: [{ kind: 'int4' }, { kind: 'text' }], fields: null })
    const binary = { format: 1 as const, bytes: Buffer.from([0, 0, 0, 7]) }
    for (const params of [
      [raw('6'), raw('six')],
      [binary, { format: 0 as const, bytes: null }],
      [8, 'eight'],
    ]) {
      const sink = new Recorder()
      await session.bind('', 'ins', params as never, [])
      await session.execute('', 0, sink, true)
      expect(sink.lines).toEqual(['INSERT 0 1'])
    }
    expect(engine.tables.get(table)?.slice(5)).toEqual([
      [6, 'six'],
      [7, null],
      [8, 'eight'],
    ])
  })

  it('describes result columns with their origin and the formats bound', async () => {
    const { session, table } = harness()
    await session.parse('', 'TABLE t', [])
    expect(session.describeStatement('').fields).toMatchObject([
      { name: 'id', tableOid: table, columnNumber: 1, format: 0 },
      { name: 'label', tableOid: table, columnNumber: 2, format: 0 },
    ])
    await session.bind('p', '', [], [1, 0])
    expect(session.describePortal('p')?.map((field) => field.format)).toEqual([1, 0])
    await session.bind('q', '', [], [1])
    expect(session.describePortal('q')?.map((field) => field.format)).toEqual([1, 1])
  })

  it('stops at the row limit and goes on, across batches', async () => {
    const { session } = harness()
    await session.parse('', 'TABLE t', [])
    await session.bind('', '', [], [])
    const portions: string[][] = []
    for (const limit of [2, 2, 2, 2]) {
      const sink = new Recorder()
      await session.execute('', limit, sink)
      portions.push(sink.lines)
    }
    expect(portions.map((lines) => lines.length)).toEqual([3, 3, 2, 1])
    expect(portions.map((lines) => lines.at(-1))).toEqual(['suspended', 'suspended', 'SELECT 1', 'SELECT 0'])
  })

  it('counts what RETURNING sent, each time, and writes once', async () => {
    const { session, sql } = harness()
    const before = (await sql('TABLE t')).length
    await session.parse('', "INSERT INTO t VALUES (11, 'a'), (12, 'b'), (13, 'c') RETURNING *", [])
    await session.bind('', '', [], [])
    const tags: (string | undefined)[] = []
    for (const limit of [1, 0, 0]) {
      const sink = new Recorder()
      await session.execute('', limit, sink)
      tags.push(sink.lines.at(-1))
    }
    await session.sync()
    expect(tags).toEqual(['suspended', 'INSERT 0 2', 'INSERT 0 0'])
    expect(await sql('TABLE t')).toHaveLength(before + 3)
  })

  it('plans one text by the types that are declared for it, and keeps both plans', async () => {
    const { session } = harness({ planCache: new PlanCache() })
    for (const round of [1, 2]) {
      for (const [name, oids, kind] of [
        ['inferred', [], 'int4'],
        ['text', [25], 'text'],
        ['unknown', [705], 'int4'],
        ['int', [23], 'int4'],
      ] as const) {
        await session.parse(`${name} ${round}`, 'SELECT $1', oids)
        expect(session.describeStatement(`${name} ${round}`).paramTypes, name).toEqual([{ kind }])
      }
    }
  })

  it('does not run a command twice', async () => {
    const { session } = harness()
    await session.parse('', "INSERT INTO t VALUES (6, 'x')", [])
    await session.bind('', '', [], [])
    const sink = new Recorder()
    await session.execute('', 0, sink, true)
    await session.execute('', 0, sink, true)
    expect(sink.lines).toEqual(['INSERT 0 1', 'error 55000 portal cannot be run'])
  })

  it('takes an empty statement', async () => {
    const { extended } = harness()
    expect(await extended('')).toEqual(['empty'])
  })

  it('leaves the unnamed statement to the protocol when DEALLOCATE ALL drops the others', async () => {
    const { session, sql } = harness()
    await session.parse('s', 'TABLE t', [])
    await session.parse('', 'DEALLOCATE ALL', [])
    await session.bind('', '', [], [])
    const sink = new Recorder()
    await session.execute('', 0, sink, true)
    await session.bind('again', '', [], [])
    await expect(session.bind('other', 's', [], [])).rejects.toMatchObject({ sqlstate: '26000' })
    expect(await sql('SELECT 1; DISCARD ALL')).toContain(
      'error 25001 DISCARD ALL cannot run inside a transaction block',
    )
  })

  it('finds only when EXECUTE runs that there is no such statement', async () => {
    const { session, sql } = harness()
    await session.parse('', 'EXECUTE later', [])
    expect(session.describeStatement('').fields).toBeNull()
    await session.bind('', '', [], [])
    const sink = new Recorder()
    await session.execute('', 0, sink, true)
    expect(sink.errors).toMatchObject([{ sqlstate: '26000' }])
    await session.parse('x', 'EXECUTE later', [])
    await sql('PREPARE later AS TABLE t')
    expect(session.describeStatement('x').fields?.map((field) => field.name)).toEqual(['id', 'label'])
  })

  it('binds no empty statement in a failed transaction', async () => {
    const { session, sql } = harness()
    await session.parse('empty', '', [])
    await sql('BEGIN')
    await sql('TABLE nowhere')
    await session.parse('other', '', [])
    await expect(session.bind('', 'empty', [], [])).rejects.toMatchObject({ sqlstate: '25P02' })
  })

  it('declares a cursor where the statements of one text are a block, not in a group', async () => {
    const { session, sql } = harness()
    const sink = new Recorder()
    for (const text of ['SELECT 1', 'DECLARE c CURSOR FOR TABLE t']) {
      await session.parse('', text, [])
      await session.bind('', '', [], [])
      await session.execute('', 0, sink)
    }
    expect(sink.errors).toMatchObject([{ sqlstate: '25P01' }])
    await session.sync()
    expect(await sql('SELECT 1; DECLARE c CURSOR FOR TABLE t')).toContain('DECLARE CURSOR')
  })

  it.each([
    ['several statements', 'SELECT 1; SELECT 2', '42601'],
    ['an unknown relation', 'TABLE nowhere', '42P01'],
  ])('refuses %s', async (_, sql, sqlstate) => {
    const { session } = harness()
    await expect(session.parse('', sql, [])).rejects.toMatchObject({ sqlstate })
  })

  it('names what does not exist, and what exists already', async () => {
    const { session } = harness()
    await expect(session.bind('', 'no', [], [])).rejects.toMatchObject({ sqlstate: '26000' })
    expect(() => session.describePortal('no')).toThrow(expect.objectContaining({ sqlstate: '34000' }))
    await session.parse('s', 'SELECT 1', [])
    await expect(session.parse('s', 'SELECT 1', [])).rejects.toMatchObject({ sqlstate: '42P05' })
    await session.bind('p', 's', [], [])
    await expect(session.bind('p', 's', [], [])).rejects.toMatchObject({ sqlstate: '42P03' })
    session.closePortal('p')
    await session.bind('p', 's', [], [])
    session.closeStatement('s')
    await expect(session.bind('', 's', [], [])).rejects.toMatchObject({ sqlstate: '26000' })
  })

  it('counts parameters and result formats', async () => {
    const { session } = harness()
    await session.parse('', 'SELECT $1', [])
    await expect(session.bind('', '', [], [])).rejects.toThrow(
      'bind message supplies 0 parameters, but prepared statement "" requires 1',
    )
    await expect(session.bind('', '', [1], [0, 1])).rejects.toMatchObject({ sqlstate: '08P01' })
    await expect(session.bind('', '', [raw('x')], [])).rejects.toMatchObject({ sqlstate: '22P02' })
    await expect(session.parse('', 'SELECT $1', [99_999])).rejects.toMatchObject({ sqlstate: '42704' })
  })
})

describe('groups', () => {
  it('of one statement commit by themselves', async () => {
    const { engine, extended } = harness()
    await extended("INSERT INTO t VALUES (6, 'x')")
    expect(engine.log).toEqual(['write'])
  })

  it('of several statements commit together at Sync', async () => {
    const { engine, session } = harness()
    const sink = new Recorder()
    await session.parse('', "INSERT INTO t VALUES (6, 'x')", [])
    for (const portal of ['a', 'b']) {
      await session.bind(portal, '', [], [])
      await session.execute(portal, 0, sink, portal === 'b')
    }
    expect(engine.log).toEqual(['begin'])
    await session.sync()
    expect(engine.log).toEqual(['begin', 'commit'])
  })

  it('are undone as a whole by an error', async () => {
    const { engine, session, table } = harness()
    const sink = new Recorder()
    await session.parse('', 'INSERT INTO t VALUES ($1, $2)', [])
    for (const id of [6, null]) {
      await session.bind('', '', [id, 'x'], [])
      await session.execute('', 0, sink, false)
    }
    expect(sink.lines).toEqual(['INSERT 0 1', expect.stringContaining('error 23502')])
    await session.sync()
    expect(engine.tables.get(table)).toHaveLength(5)
  })

  it('that cannot commit say so at Sync', async () => {
    const { engine, session } = harness()
    await session.parse('', 'TABLE t', [])
    await session.bind('', '', [], [])
    await session.execute('', 0, new Recorder(), false)
    engine.commitError = new SqlError('40001', 'could not serialize access')
    await expect(session.sync()).rejects.toMatchObject({ sqlstate: '40001' })
    expect(session.transactionStatus).toBe('I')
  })

  it('end their portals at Sync, but not inside a transaction', async () => {
    const { session, sql } = harness()
    await session.parse('s', 'TABLE t', [])
    await session.bind('p', 's', [], [])
    await session.sync()
    expect(() => session.describePortal('p')).toThrow('portal "p" does not exist')
    await sql('BEGIN')
    await session.bind('p', 's', [], [])
    await session.execute('p', 1, new Recorder())
    await session.sync()
    const sink = new Recorder()
    await session.execute('p', 0, sink)
    expect(sink.lines.at(-1)).toBe('SELECT 4')
  })

  it('fail an open transaction also when the message was at fault', async () => {
    const { session, sql } = harness()
    await sql('BEGIN')
    session.failTransaction()
    expect(session.transactionStatus).toBe('E')
    await expect(session.parse('', 'SELECT 1', [])).rejects.toMatchObject({ sqlstate: '25P02' })
    await session.parse('', 'ROLLBACK', [])
  })
})

describe('plans', () => {
  it('are kept by text and made anew after DDL', async () => {
    const planCache = new PlanCache()
    const { engine, sql } = harness({ planCache })
    for (let i = 0; i < 5; i++) await sql('TABLE t')
    expect(planCache.hits).toBe(4)
    engine.addTable('u', ID_LABEL)
    await sql('TABLE t')
    expect(planCache.hits).toBe(4)
    await sql('TABLE t')
    expect(planCache.hits).toBe(5)
  })

  it('are not shared between search paths', async () => {
    const planCache = new PlanCache()
    const { sql } = harness({ planCache })
    await sql('TABLE t')
    await sql('SET search_path = other')
    await sql('TABLE t')
    expect(planCache.hits).toBe(0)
  })

  it('beyond the bound go, the least recently used first', () => {
    const cache = new PlanCache(2)
    const plan = (catalogVersion: number) => ({ catalogVersion }) as never
    cache.set('a', plan(1))
    cache.set('b', plan(1))
    cache.get('a', 1)
    cache.set('c', plan(1))
    expect(['a', 'b', 'c'].map((key) => cache.get(key, 1) !== undefined)).toEqual([true, false, true])
  })

  it('of a prepared statement follow the catalog, unless the result type would change', async () => {
    const { engine, session, table } = harness()
    await session.parse('s', 'TABLE t', [])
    engine.dropTable(table)
    engine.addTable('t', ID_LABEL, [[42, 'new']])
    const sink = new Recorder()
    await session.bind('', 's', [], [])
    await session.execute('', 0, sink, true)
    expect(sink.lines).toEqual(['row 42 new', 'SELECT 1'])
    engine.dropTable(engine.catalog().nextId - 1)
    engine.addTable('t', [{ name: 'id', type: TEXT, nullable: true }])
    await expect(session.bind('', 's', [], [])).rejects.toMatchObject({
      sqlstate: '0A000',
      message: 'cached plan must not change result type',
    })
  })
})

describe('FETCH by the protocol', () => {
  it('has the columns of the cursor that is open when it is bound', async () => {
    const { session, sql } = harness()
    await session.parse('f', 'FETCH 2 FROM c', [])
    expect(session.describeStatement('f').fields).toBeNull()
    await sql('BEGIN')
    await sql('DECLARE c CURSOR FOR TABLE t')
    const sink = new Recorder()
    await session.bind('', 'f', [], [])
    expect(session.describePortal('')?.map((field) => field.name)).toEqual(['id', 'label'])
    await session.execute('', 0, sink)
    expect(sink.lines).toEqual(['row 1 row 1', 'row 2 row 2', 'FETCH 2'])
  })

  it('an SQL cursor is a portal', async () => {
    const { session, sql } = harness()
    await sql('BEGIN')
    await sql('DECLARE c CURSOR FOR TABLE t')
    const sink = new Recorder()
    await session.execute('c', 4, sink)
    expect(sink.lines.at(-1)).toBe('suspended')
    expect((await sql('FETCH ALL FROM c')).at(-1)).toBe('FETCH 1')
  })
})

describe('PREPARE in SQL', () => {
  it('runs with arguments, and shares its names with the protocol', async () => {
    const { session, sql } = harness()
    expect(await sql('PREPARE p (int) AS SELECT $1 AS a')).toEqual(['PREPARE'])
    expect(await sql('EXECUTE p (7)')).toEqual(['columns a', 'row 7', 'SELECT 1'])
    expect(session.describeStatement('p').fields).toMatchObject([{ name: 'a' }])
    expect(await sql('PREPARE p AS SELECT 1')).toEqual(['error 42P05 prepared statement "p" already exists'])
    expect(await sql('EXECUTE p')).toEqual(['error 42601 wrong number of parameters for prepared statement "p"'])
    expect(await sql('DEALLOCATE p')).toEqual(['DEALLOCATE'])
    expect(await sql('EXECUTE p (7)')).toEqual(['error 26000 prepared statement "p" does not exist'])
    expect(await sql('DEALLOCATE ALL')).toEqual(['DEALLOCATE ALL'])
  })
})
