import { describe, expect, it } from 'vitest'
import { type Runtime, systemRuntime } from '../base/runtime.ts'
import type { SubscribeMessage } from '../engine/api.ts'
import { batchFromRows } from '../types/batch-build.ts'
import { INT4, TEXT } from '../types/sql-type.ts'
import { eventually, harness } from './testing/harness.ts'
import { Recorder } from './testing/recorder.ts'

const changes = (timestampMs: number, rows: [number, string][], diffs?: number[]): SubscribeMessage => ({
  kind: 'rows',
  timestampMs,
  batch: batchFromRows([INT4, TEXT], rows, diffs),
})
const progress = (timestampMs: number): SubscribeMessage => ({ kind: 'progress', timestampMs })

/** A clock that a test moves; timers fire when it passes them. */
function manualRuntime(): Runtime & { advance(ms: number): void } {
  let now = 0
  let timers: { at: number; fn: () => void }[] = []
  return {
    ...systemRuntime,
    monotonicMs: () => now,
    setTimer(fn, delayMs) {
      const timer = { at: now + delayMs, fn }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    advance(ms) {
      now += ms
      const due = timers.filter((timer) => timer.at <= now)
      timers = timers.filter((timer) => timer.at > now)
      for (const timer of due) timer.fn()
    },
  }
}

describe('SUBSCRIBE as rows', () => {
  it('sends changes as they come, signed, until it ends', async () => {
    const { engine, session } = harness()
    const sink = new Recorder()
    const running = session.simpleQuery('SUBSCRIBE TO t', sink)
    await eventually(() => engine.subscriptions.length === 1)
    const [subscription] = engine.subscriptions
    subscription.send(changes(5, [[1, 'a']]))
    await eventually(() => sink.lines.length === 2)
    subscription.send(
      changes(
        6,
        [
          [1, 'a'],
          [2, 'b'],
        ],
        [-1, 2],
      ),
    )
    await eventually(() => sink.lines.length === 4)
    subscription.end()
    await running
    expect(sink.lines).toEqual([
      'columns mz_timestamp mz_diff id label',
      'row 5 1 1 a',
      'row 6 -1 1 a',
      'row 6 2 2 b',
      'SUBSCRIBE 3',
    ])
    expect(subscription.closed).toBe(true)
  })

  it('as SELECT … EMIT CHANGES sends the rows that came, and ends after LIMIT of them', async () => {
    const { engine, session } = harness()
    const sink = new Recorder()
    const running = session.simpleQuery('SELECT * FROM t EMIT CHANGES LIMIT 4', sink)
    await eventually(() => engine.subscriptions.length === 1)
    const [subscription] = engine.subscriptions
    subscription.send(changes(5, [[1, 'a']]))
    await eventually(() => sink.lines.length === 2)
    // An update tells the new row alone; what only goes is not told.
    const updated: [number, string][] = [
      [1, 'a'],
      [1, 'b'],
    ]
    subscription.send(changes(6, updated, [-1, 1]), changes(7, [[1, 'b']], [-1]))
    await eventually(() => sink.lines.length === 3)
    subscription.send(changes(8, [[2, 'c']], [3]))
    await running
    expect(sink.lines).toEqual(['columns id label', 'row 1 a', 'row 1 b', 'row 2 c', 'row 2 c', 'SELECT 4'])
    expect(subscription.closed).toBe(true)
  })

  it('with PROGRESS has progress rows with NULL data, repeated after a second of silence', async () => {
    const runtime = manualRuntime()
    const { engine, session } = harness({}, runtime)
    const sink = new Recorder()
    const running = session.simpleQuery('SUBSCRIBE TO t WITH (PROGRESS)', sink)
    await eventually(() => engine.subscriptions.length === 1)
    const [subscription] = engine.subscriptions
    subscription.send(progress(5), changes(5, [[1, 'a']]), progress(6))
    await eventually(() => sink.lines.length === 4)
    runtime.advance(999)
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(sink.lines).toHaveLength(4)
    runtime.advance(1)
    await eventually(() => sink.lines.length === 5)
    subscription.end()
    await running
    expect(sink.lines).toEqual([
      'columns mz_timestamp mz_progressed mz_diff id label',
      'row 5 true null null null',
      'row 5 false 1 1 a',
      'row 6 true null null null',
      'row 6 true null null null',
      'SUBSCRIBE 4',
    ])
  })

  it('ends when cancelled, and closes the subscription', async () => {
    const { engine, session } = harness()
    const sink = new Recorder()
    const running = session.simpleQuery('SUBSCRIBE TO t', sink)
    await eventually(() => engine.subscriptions.length === 1)
    session.cancel()
    await running
    expect(sink.lines.at(-1)).toBe('error 57014 canceling statement due to user request')
    expect(engine.subscriptions[0].closed).toBe(true)
  })

  it('ends with the error that the engine reports', async () => {
    const { engine, session } = harness()
    const sink = new Recorder()
    const running = session.simpleQuery('SUBSCRIBE TO t', sink)
    await eventually(() => engine.subscriptions.length === 1)
    engine.subscriptions[0].send({ kind: 'error', sqlstate: '53400', message: 'too slow' })
    await running
    expect(sink.lines.at(-1)).toBe('error 53400 too slow')
  })

  it('from psql at once points to COPY', async () => {
    const { engine, session } = harness({ initialSettings: new Map([['application_name', 'psql']]) })
    const sink = new Recorder()
    const running = session.simpleQuery('SUBSCRIBE TO t\n  WITH (PROGRESS);', sink)
    await eventually(() => engine.subscriptions.length === 1)
    expect(sink.notices[0].hint).toContain('COPY (SUBSCRIBE TO t WITH (PROGRESS)) TO STDOUT;')
    engine.subscriptions[0].end()
    await running
  })

  it('is not ended by statement_timeout', async () => {
    const runtime = manualRuntime()
    const { engine, session, sql } = harness({}, runtime)
    await sql('SET statement_timeout = 100')
    const sink = new Recorder()
    const running = session.simpleQuery('SUBSCRIBE TO t', sink)
    await eventually(() => engine.subscriptions.length === 1)
    runtime.advance(200)
    engine.subscriptions[0].end()
    await running
    expect(sink.lines.at(-1)).toBe('SUBSCRIBE 0')
  })
})

describe('a statement that runs', () => {
  it('is cancelled on request', async () => {
    const { engine, session } = harness()
    engine.readGate = new Promise(() => {})
    const sink = new Recorder()
    const running = session.simpleQuery('TABLE t', sink)
    await eventually(() => engine.log.includes('read'))
    session.cancel()
    await running
    expect(sink.lines).toEqual(['error 57014 canceling statement due to user request'])
  })

  it('is cancelled by statement_timeout, and the next one has its own time', async () => {
    const runtime = manualRuntime()
    const { engine, session, sql } = harness({}, runtime)
    await sql("SET statement_timeout = '1s'")
    engine.readGate = new Promise(() => {})
    const sink = new Recorder()
    const running = session.simpleQuery('TABLE t', sink)
    await eventually(() => engine.log.includes('read'))
    runtime.advance(1000)
    await running
    expect(sink.lines).toEqual(['error 57014 canceling statement due to statement timeout'])
    engine.readGate = null
    expect((await sql('TABLE t')).at(-1)).toBe('SELECT 5')
  })

  it('is not what a late cancel hits', async () => {
    const { session, sql } = harness()
    session.cancel()
    expect(await sql('SELECT 1')).toContain('SELECT 1')
  })
})

describe('cursors', () => {
  it('fetch in portions until the end', async () => {
    const { sql } = harness()
    await sql('BEGIN')
    expect(await sql('DECLARE c CURSOR FOR TABLE t')).toEqual(['DECLARE CURSOR'])
    expect(await sql('FETCH c')).toEqual(['columns id label', 'row 1 row 1', 'FETCH 1'])
    expect((await sql('FETCH 3 FROM c')).slice(1)).toEqual(['row 2 row 2', 'row 3 row 3', 'row 4 row 4', 'FETCH 3'])
    expect((await sql('FETCH ALL FROM c')).at(-1)).toBe('FETCH 1')
    expect((await sql('FETCH NEXT FROM c')).at(-1)).toBe('FETCH 0')
    expect(await sql('CLOSE c')).toEqual(['CLOSE CURSOR'])
  })

  it('move without rows', async () => {
    const { sql } = harness()
    await sql('BEGIN')
    await sql('DECLARE c CURSOR FOR TABLE t')
    expect(await sql('MOVE 4 IN c')).toEqual(['MOVE 4'])
    expect((await sql('FETCH 4 FROM c')).at(-1)).toBe('FETCH 1')
  })

  it.each([
    ['FETCH BACKWARD 1 FROM c', '55000'],
    ['FETCH PRIOR FROM c', '55000'],
    ['FETCH ABSOLUTE 2 FROM c', '55000'],
    ['FETCH 1 FROM d', '34000'],
    ['CLOSE d', '34000'],
    ['DECLARE c CURSOR FOR TABLE t', '42P03'],
    ['DECLARE e CURSOR WITH HOLD FOR TABLE t', '0A000'],
    ['DECLARE e SCROLL CURSOR FOR TABLE t', '0A000'],
    ["FETCH 1 FROM c WITH (speed = '1s')", '0A000'],
  ])('%s is %s', async (statement, sqlstate) => {
    const { sql } = harness()
    await sql('BEGIN')
    await sql('DECLARE c CURSOR FOR TABLE t')
    expect(await sql(statement)).toEqual([expect.stringContaining(`error ${sqlstate}`)])
  })

  it('live in transactions and end with them', async () => {
    const { sql } = harness()
    const outside = 'error 25P01 DECLARE CURSOR can only be used in transaction blocks'
    expect(await sql('DECLARE c CURSOR FOR TABLE t')).toEqual([outside])
    await sql('BEGIN')
    await sql('DECLARE c CURSOR FOR TABLE t')
    await sql('COMMIT')
    expect(await sql('FETCH c')).toEqual([expect.stringContaining('34000')])
  })

  it('over SUBSCRIBE: without a timeout wait for one row, then take what is ready', async () => {
    const { engine, session, sql } = harness()
    await sql('BEGIN')
    await sql('DECLARE c CURSOR FOR SUBSCRIBE TO t')
    const sink = new Recorder()
    const running = session.simpleQuery('FETCH ALL FROM c', sink)
    await eventually(() => engine.subscriptions.length === 1)
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(sink.lines).toEqual(['columns mz_timestamp mz_diff id label'])
    engine.subscriptions[0].send(
      changes(5, [
        [1, 'a'],
        [2, 'b'],
      ]),
    )
    await running
    expect(sink.lines.slice(1)).toEqual(['row 5 1 1 a', 'row 5 1 2 b', 'FETCH 2'])
    await sql('COMMIT')
    expect(engine.subscriptions[0].closed).toBe(true)
  })

  it('over SUBSCRIBE: a timeout of 0s takes only what is ready', async () => {
    const { engine, sql } = harness()
    await sql('BEGIN')
    await sql('DECLARE c CURSOR FOR SUBSCRIBE TO t')
    expect((await sql("FETCH ALL FROM c WITH (timeout = '0s')")).at(-1)).toBe('FETCH 0')
    engine.subscriptions[0].send(
      changes(5, [
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
      ]),
    )
    expect((await sql("FETCH 2 FROM c WITH (timeout = '0s')")).at(-1)).toBe('FETCH 2')
    expect((await sql("FETCH ALL FROM c WITH (timeout = '0s')")).slice(1)).toEqual(['row 5 1 3 c', 'FETCH 1'])
  })

  it('over SUBSCRIBE: with a timeout gather until it is over, or the count is full', async () => {
    const runtime = manualRuntime()
    const { engine, session, sql } = harness({}, runtime)
    await sql('BEGIN')
    await sql('DECLARE c CURSOR FOR SUBSCRIBE TO t')
    const [subscription] = engine.subscriptions
    const sink = new Recorder()
    const running = session.simpleQuery("FETCH 3 FROM c WITH (timeout = '1s')", sink)
    subscription.send(changes(5, [[1, 'a']]))
    await eventually(() => sink.lines.length === 2)
    subscription.send(changes(6, [[2, 'b']]))
    await eventually(() => sink.lines.length === 3)
    runtime.advance(1000)
    await running
    expect(sink.lines.at(-1)).toBe('FETCH 2')
  })
})
