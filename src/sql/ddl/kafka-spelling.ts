import { notSupported } from '../../base/sql-error.ts'
import type { Datum } from '../../types/value.ts'
import { bindError } from '../bind/bind-error.ts'
import { type NamedOption, optionDatum, optionText } from './option-value.ts'

/**
 * Options of the kafka transport in the spellings of Materialize, RisingWave, Flink, ksqlDB and Kafka's own properties
 * → the names that the connector knows. The value null: known, and without effect here, because offsets are kept in
 * the server's journal and not by a consumer group.
 */
const NAMES: Readonly<Record<string, string | null>> = {
  broker: 'broker',
  brokers: 'broker',
  'bootstrap.servers': 'broker',
  'kafka.brokers': 'broker',
  'properties.bootstrap.server': 'broker',
  'properties.bootstrap.servers': 'broker',
  topic: 'topic',
  'kafka.topic': 'topic',
  kafka_topic: 'topic',
  'start mode': 'start mode',
  'start offset': 'start offset',
  'start timestamp': 'start timestamp',
  'scan.startup.mode': 'scan mode',
  'kafka.scan.startup.mode': 'scan mode',
  'scan.startup.timestamp.millis': 'start timestamp',
  'scan.startup.timestamp-millis': 'start timestamp',
  'scan.startup.specific-offsets': 'start offset',
  'client id': 'client id',
  'client.id': 'client id',
  'properties.client.id': 'client id',
  'group id': null,
  'group id prefix': null,
  'group.id': null,
  'group.id.prefix': null,
  'properties.group.id': null,
}

/** Values of RisingWave's and Flink's scan.startup.mode. */
const MODES: Readonly<Record<string, string | null>> = {
  earliest: 'earliest',
  latest: 'latest',
  'earliest-offset': 'earliest',
  'latest-offset': 'latest',
  // These say that another option gives the start.
  timestamp: null,
  'specific-offsets': null,
}

/** Connector options by their own names. An unknown one stays: the connector refuses it by its list. */
export function kafkaOptions(options: readonly NamedOption[]): Record<string, Datum> {
  const result: Record<string, Datum> = {}
  for (const option of options) {
    const name = Object.hasOwn(NAMES, option.name) ? NAMES[option.name] : option.name
    if (name === null) continue
    if (name === 'scan mode') {
      const mode = MODES[optionText(option)]
      if (mode === undefined) throw notSupported(`scan.startup.mode '${optionText(option)}'`, option.span)
      if (mode !== null) result['start mode'] = mode
      continue
    }
    const value = optionDatum(option)
    if (result[name] !== undefined && result[name] !== value) {
      throw bindError('42601', `option ${option.name.toUpperCase()} says what another option says already`, option)
    }
    result[name] = name === 'broker' && Array.isArray(value) ? value.join(',') : value
  }
  return result
}
