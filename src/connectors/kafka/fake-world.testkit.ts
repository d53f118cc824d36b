import { type Runtime, systemRuntime } from '../../base/runtime.ts'
import type { FakeCluster } from './fake-cluster.ts'
import { FakeTransport } from './fake-transport.ts'
import type { KafkaWorld } from './source.testkit.ts'

/** The cluster in memory as the suite wants it. */
export function fakeWorld(cluster: FakeCluster, runtime: Runtime = systemRuntime): KafkaWorld {
  let producers = 0
  return {
    brokers: 'fake-0:9092',
    threads: false,
    openTransport: () => new FakeTransport(cluster, runtime),
    createTopic: async (topic, partitions) => cluster.createTopic(topic, partitions),
    addPartitions: async (topic, total) => cluster.addPartitions(topic, total - cluster.topic(topic).partitions.length),
    deleteTopic: async (topic) => cluster.deleteTopic(topic),
    produce: async (topic, partition, records, options) => {
      cluster.produce(topic, partition, records, options)
    },
    transaction: async (topic, partition, values, outcome) => {
      const producerId = ++producers
      const records = values.map((value) => ({ value }))
      cluster.produce(topic, partition, records, { producerId })
      cluster.endTransaction(topic, partition, producerId, outcome)
    },
    truncate: async (topic, partition, before) => cluster.truncate(topic, partition, before),
    stopBroker: async () => {
      cluster.down.add(0)
      cluster.changed()
    },
    startBroker: async () => {
      cluster.down.delete(0)
      cluster.changed()
    },
  }
}
