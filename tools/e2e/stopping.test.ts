import { afterAll, expect, test } from 'vitest'
import { ServerProcess } from './server-process.ts'
import { sleep } from './wait.ts'

/** SIGTERM ends a busy server in an orderly way, whatever it is in the middle of. */

// A checkpoint is due after nearly every tick.
const server = new ServerProcess(['--set', 'checkpoint_interval_ms=5'])
afterAll(() => server.dispose())

test('a server whose source never rests stops with exit code 0, time and again', { timeout: 120_000 }, async () => {
  for (let round = 0; round < 4; round++) {
    await server.start()
    const client = await server.connect()
    if (round === 0) {
      await client.query("CREATE SOURCE ticks FROM LOAD GENERATOR COUNTER (TICK INTERVAL '5 ms')")
      await client.query('CREATE MATERIALIZED VIEW n AS SELECT count(*) AS n FROM ticks')
    }
    await sleep(100 + round * 7)
    // Somebody listens, who is told of time.
    client.query('SUBSCRIBE TO n WITH (PROGRESS)').catch(() => {})
    await sleep(50)
    expect(await server.stop(), server.log).toBe(0)
    expect(server.log).not.toContain('the engine stops')
  }
})
