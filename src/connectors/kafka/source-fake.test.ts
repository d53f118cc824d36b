import { beforeEach, describe } from 'vitest'
import { FakeCluster } from './fake-cluster.ts'
import { fakeWorld } from './fake-world.ts'
import { kafkaSourceSuite } from './source-suite.ts'
import type { KafkaWorld } from './testing.ts'

describe('Kafka source, cluster in memory', () => {
  let world: KafkaWorld
  beforeEach(() => {
    world = fakeWorld(new FakeCluster())
  })
  kafkaSourceSuite(() => world)
})
