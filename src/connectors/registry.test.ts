import { describe, expect, test } from 'vitest'
import { SqlError } from '../base/sql-error.ts'
import { CONNECTOR_OPTIONS, validateConnector } from './registry.ts'

const NOW_MS = 1_700_000_000_000
const options = (kind: string, given: Record<string, never> | object) =>
  validateConnector(kind, given as Record<string, string>, NOW_MS).options
const failure = (kind: string, given: object) => {
  try {
    options(kind, given)
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    return `${error.sqlstate} ${error.message} | ${error.fields.hint ?? ''}`
  }
  return 'accepted'
}

describe('connector options', () => {
  test('kafka: defaults are filled in', () => {
    expect(options('kafka', { broker: 'a:1', topic: 't' })).toEqual({
      broker: 'a:1',
      topic: 't',
      'start mode': 'earliest',
      'start offset': null,
      'start timestamp': null,
      'client id': 'millrace',
    })
  })

  test('kafka: the spellings of other systems mean the same', () => {
    const risingwave = {
      'properties.bootstrap.server': 'a:1',
      topic: 't',
      'scan.startup.mode': 'latest',
    }
    const flink = {
      'properties.bootstrap.servers': 'a:1',
      topic: 't',
      'scan.startup.mode': 'latest-offset',
      'properties.group.id': 'g',
    }
    expect(options('kafka', risingwave)).toEqual(options('kafka', flink))
    expect(validateConnector('kafka', flink, NOW_MS).notices).toEqual([
      'option "properties.group.id" has no effect: offsets are kept in the journal of the server, not by a consumer group',
    ])
  })

  test.each([
    [[5], [5]],
    [7, [7]],
    ['(1, 2)', [1, 2]],
    ['partition:0,offset:42;partition:2,offset:300', [42, null, 300]],
  ])('kafka: START OFFSET %j', (given, expected) => {
    expect(options('kafka', { broker: 'a:1', topic: 't', 'start offset': given })['start offset']).toEqual(expected)
  })

  test.each([
    ['kafka', { broker: 'a:1' }, '42601 connector kafka needs the option TOPIC | It gives the topic to read.'],
    ['kafka', { broker: 'a:1', topci: 't' }, '42601 connector kafka has no option TOPCI | Perhaps you meant TOPIC.'],
    ['kafka', { broker: 5, topic: 't' }, '22023 option BROKER of connector kafka takes a string, not 5 | '],
    [
      'kafka',
      { broker: 'a:1', topic: 't', 'start offset': 'x' },
      "22023 option START OFFSET of connector kafka takes a list of offsets, one per partition, not 'x' | ",
    ],
    [
      'kafka',
      { broker: 'a:1', topic: 't', 'start mode': 'sideways' },
      '22023 "sideways" is no start mode | There are earliest, latest, earliest-offset, latest-offset, timestamp, specific-offsets.',
    ],
    ['kafka', { broker: 'a:1', 'kafka.brokers': 'b:1', topic: 't' }, '42601 option BROKER is given twice | '],
    [
      'kafka',
      { broker: 'a:1', topic: 't', 'start offset': [1], 'start timestamp': 1 },
      '42601 START OFFSET and START TIMESTAMP exclude each other | ',
    ],
    ['kafak', {}, '0A000 connector "kafak" is not supported | Perhaps you meant kafka.'],
    ['nexmark', { table: 'bids' }, '22023 NEXMARK has no table "bids" | Perhaps you meant bid.'],
    ['counter', { 'up to': -1 }, '22023 option UP TO of load generator COUNTER is not negative | '],
    [
      'counter',
      { 'tick interval': 'soon' },
      "22023 option TICK INTERVAL of load generator COUNTER takes an interval such as '1 second', not 'soon' | ",
    ],
  ])('%s %j is refused', (kind, given, expected) => {
    expect(failure(kind, given)).toBe(expected)
  })

  test('a generator without start time starts now, once and for all', () => {
    expect(options('counter', { 'tick interval': '10ms' })).toEqual({
      'tick interval': { months: 0, days: 0, micros: 10_000 },
      'up to': null,
      'start time': NOW_MS,
    })
  })

  test('every option is described', () => {
    for (const specs of Object.values(CONNECTOR_OPTIONS)) {
      for (const spec of specs) expect(spec.description.length).toBeGreaterThan(10)
    }
  })
})
