import { beforeEach, describe } from 'vitest'
import { FakeCluster } from './fake-cluster.ts'
import { fakeWorld } from './fake-world.testkit.ts'
import type { KafkaWorld } from './source.testkit.ts'
import { kafkaSourceSuite } from './source-suite.testkit.ts'

describe('Kafka source, cluster in memory', () => {
  let world: KafkaWorld
  beforeEach(() => {
    world = fakeWorld(new FakeCluster())
  })
  kafkaSourceSuite(() => world)
})
