import type { OptionSpec } from '../contract.ts'

/** Options of the kafka transport, under the names of `FROM KAFKA BROKER …` (RisingWave's and Flink's are mapped onto them). */
export const KAFKA_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'broker',
    type: 'text',
    required: true,
    default: null,
    description: 'addresses of brokers to begin with: host:port, separated by commas',
  },
  { name: 'topic', type: 'text', required: true, default: null, description: 'the topic to read' },
  {
    name: 'start mode',
    type: 'text',
    required: false,
    default: 'earliest',
    description: "where to begin: 'earliest' or 'latest'",
  },
  {
    name: 'start offset',
    type: 'offsets',
    required: false,
    default: null,
    description: 'where to begin, one offset per partition from 0 on; partitions not listed begin at their first',
  },
  {
    name: 'start timestamp',
    type: 'timestamp',
    required: false,
    default: null,
    description: 'begin at the first record at or after this time (ms since 1970; negative: so long ago)',
  },
  {
    name: 'client id',
    type: 'text',
    required: false,
    default: 'millrace',
    description: 'the name by which brokers know this client',
  },
]

/**
 * How RisingWave, Flink and Kafka's own properties spell the same. `value` translates the value where it is spelt
 * differently too; null: the option is known and has no effect here, for the reason given.
 */
export const KAFKA_ALIASES: Readonly<Record<string, { readonly name: string | null; readonly note?: string }>> = {
  brokers: { name: 'broker' },
  'bootstrap.servers': { name: 'broker' },
  'kafka.brokers': { name: 'broker' },
  'properties.bootstrap.server': { name: 'broker' },
  'properties.bootstrap.servers': { name: 'broker' },
  'kafka.topic': { name: 'topic' },
  kafka_topic: { name: 'topic' },
  'scan.startup.mode': { name: 'start mode' },
  'kafka.scan.startup.mode': { name: 'start mode' },
  'scan.startup.timestamp.millis': { name: 'start timestamp' },
  'scan.startup.timestamp-millis': { name: 'start timestamp' },
  'scan.startup.specific-offsets': { name: 'start offset' },
  'client.id': { name: 'client id' },
  'properties.client.id': { name: 'client id' },
  'group id': { name: null, note: 'offsets are kept in the journal of the server, not by a consumer group' },
  'group.id.prefix': { name: null, note: 'offsets are kept in the journal of the server, not by a consumer group' },
  'properties.group.id': { name: null, note: 'offsets are kept in the journal of the server, not by a consumer group' },
}

/** 'scan.startup.mode' values of RisingWave and Flink. */
export const START_MODES: Readonly<Record<string, 'earliest' | 'latest' | 'timestamp' | 'offsets'>> = {
  earliest: 'earliest',
  latest: 'latest',
  'earliest-offset': 'earliest',
  'latest-offset': 'latest',
  timestamp: 'timestamp',
  'specific-offsets': 'offsets',
}
