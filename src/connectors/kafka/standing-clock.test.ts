import { expect, test } from 'vitest'
import { silentLog } from '../../base/log.ts'
import { ManualClock } from '../../base/manual-clock.ts'
import { systemRuntime } from '../../base/runtime.ts'
import { TEXT } from '../../types/sql-type.ts'
import { connectorFactory } from '../registry.ts'
import { FakeCluster } from './fake-cluster.ts'
import { fakeWorld } from './fake-world.testkit.ts'

test('while the clock stands, a topic that is missing is still looked for again and then named', async () => {
  const clock = new ManualClock(systemRuntime)
  clock.setManual(true)
  const { openTransport } = fakeWorld(new FakeCluster())
  const make = connectorFactory({ runtime: clock, log: silentLog, threads: false, resolve: [], openTransport })
  const source = make(
    {
      transport: { kind: 'kafka', options: { broker: 'fake-0:9092', topic: 'nowhere' } },
      keyFormat: null,
      format: { kind: 'text', options: {} },
      envelope: { kind: 'none', options: {} },
      include: [],
    },
    [{ name: 'text', type: TEXT, nullable: true }],
  )
  await expect(source.partitions()).rejects.toThrow('topic "nowhere" does not exist')
})
