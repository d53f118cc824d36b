import { afterEach, expect, test } from 'vitest'
import type { SourceConnector } from '../contract.ts'
import { type KafkaWorld, order, orderSpec, range, readAll, sourceOf, Taken } from './source.testkit.ts'

/** What holds of a Kafka source on any cluster. */
export function kafkaSourceSuite(worldOf: () => KafkaWorld): void {
  let made = 0
  const sources: SourceConnector[] = []
  const topicName = () => `suite-${++made}-${process.pid}-${Math.trunc(performance.timeOrigin)}`
  const open = <T extends SourceConnector>(source: T): T => {
    sources.push(source)
    return source
  }
  const make = (topic: string, options = {}) => open(sourceOf(worldOf(), orderSpec(worldOf(), topic, options)))

  afterEach(async () => {
    await Promise.all(sources.splice(0).map((source) => source.close()))
  })

  test('records of several partitions come once each, in order, with their metadata', async () => {
    const world = worldOf()
    const topic = topicName()
    await world.createTopic(topic, 3)
    for (const partition of range(0, 3)) {
      await world.produce(
        topic,
        partition,
        range(0, 50).map((i) => ({ ...order(partition * 1000 + i), timestampMs: 1_700_000_000_000 + i })),
      )
    }
    const taken = await readAll(make(topic))
    for (const partition of range(0, 3)) {
      expect(taken.rows(partition)).toEqual(
        range(0, 50).map((i) => {
          const id = partition * 1000 + i
          return [id, `item ${id}`, partition, i, (1_700_000_000_000 + i) * 1000]
        }),
      )
    }
    expect([...taken.positions.values()]).toEqual([50, 50, 50])
  })

  test('gzip and zstd are read', async () => {
    const world = worldOf()
    const topic = topicName()
    await world.createTopic(topic, 1)
    await world.produce(
      topic,
      0,
      range(0, 100).map((i) => order(i)),
      { compression: 'gzip' },
    )
    await world.produce(
      topic,
      0,
      range(100, 200).map((i) => order(i)),
      { compression: 'zstd' },
    )
    await world.produce(
      topic,
      0,
      range(200, 210).map((i) => order(i)),
    )
    const taken = await readAll(make(topic, { 'start offset': [150] }))
    expect(taken.rows().map(([id]) => id)).toEqual(range(150, 210))
  })

  test('aborted transactions are passed over, and positions advance over their markers', async () => {
    const world = worldOf()
    const topic = topicName()
    await world.createTopic(topic, 1)
    const json = (id: number) => JSON.stringify({ id })
    await world.transaction(topic, 0, [json(1), json(2)], 'commit')
    await world.transaction(topic, 0, [json(3)], 'abort')
    await world.produce(topic, 0, [order(4)])
    await world.transaction(topic, 0, [json(5), json(6)], 'abort')
    const taken = await readAll(make(topic))
    expect(taken.rows().map(([id]) => id)).toEqual([1, 2, 4])
    const source = make(topic)
    const [{ endOffset }] = await source.partitions()
    expect(taken.positions.get(0)).toBe(endOffset)
    expect(endOffset).toBe(9)
  })

  test('a live reader follows what is written, and says how far the topic goes', async () => {
    const world = worldOf()
    const topic = topicName()
    await world.createTopic(topic, 1)
    const source = make(topic)
    const taken = new Taken()
    const reader = source.open(taken.options(await source.startPositions()))
    await taken.until('running', () => taken.status.state === 'running')
    for (const id of range(0, 3)) {
      await world.produce(topic, 0, [order(id)])
      await taken.until(`record ${id}`, () => taken.count === id + 1)
    }
    await taken.until('the end offset', () => taken.status.state === 'running' && taken.status.endOffsets.get(0) === 3)
    await reader.stop()
    await world.produce(topic, 0, [order(9)])
    expect(taken.rows().map(([id]) => id)).toEqual([0, 1, 2])
  })

  test('a partition added later is found and read from its beginning', async () => {
    const world = worldOf()
    const topic = topicName()
    await world.createTopic(topic, 1)
    await world.produce(topic, 0, [order(1)])
    const source = make(topic)
    const taken = new Taken()
    const reader = source.open(taken.options(await source.startPositions()))
    await taken.until('the first record', () => taken.count === 1)
    await world.addPartitions(topic, 2)
    await world.produce(topic, 1, [order(2)])
    await taken.until('the record of the new partition', () => taken.count === 2)
    expect(taken.added.map(({ partition, firstOffset }) => ({ partition, firstOffset }))).toEqual([
      { partition: 1, firstOffset: 0 },
    ])
    await reader.stop()
  })

  test('a broker that goes away stalls the reader; it goes on by itself, with no gap and no double', async () => {
    const world = worldOf()
    const topic = topicName()
    await world.createTopic(topic, 2)
    await world.produce(
      topic,
      0,
      range(0, 10).map((i) => order(i)),
    )
    const source = make(topic)
    const taken = new Taken()
    const reader = source.open(taken.options(await source.startPositions()))
    await taken.until('ten records', () => taken.count === 10)
    await world.stopBroker()
    await taken.until('a stall', () => taken.status.state === 'stalled')
    expect(taken.status).toMatchObject({ error: expect.stringContaining('Kafka broker') })
    await world.startBroker()
    await world.produce(topic, 0, [order(10)])
    await taken.until('the next record', () => taken.count === 11, 30_000)
    await taken.until('running', () => taken.status.state === 'running')
    expect(taken.rows().map(([id]) => id)).toEqual(range(0, 11))
    await reader.stop()
  })

  test('records deleted before they were read end the reader with what is missing', async () => {
    const world = worldOf()
    const topic = topicName()
    await world.createTopic(topic, 1)
    await world.produce(
      topic,
      0,
      range(0, 20).map((i) => order(i)),
    )
    await world.truncate(topic, 0, 15)
    const source = make(topic)
    const taken = new Taken()
    const reader = source.open(taken.options(new Map([[0, 10]])))
    await taken.until('the failure', () => taken.status.state === 'failed')
    expect(taken.status).toEqual({
      state: 'failed',
      sqlstate: '58000',
      error: `partition 0 of topic "${topic}" was truncated: it begins at offset 15, records 10 to 14 were not read and are gone`,
    })
    expect(taken.count).toBe(0)
    await reader.stop()
    expect(await source.startPositions()).toEqual(new Map([[0, 15]]))
  })

  test('a topic made anew ends the reader, even when it already holds as many records', async () => {
    const world = worldOf()
    const topic = topicName()
    await world.createTopic(topic, 1)
    await world.produce(
      topic,
      0,
      range(0, 5).map((i) => order(i)),
    )
    const source = make(topic)
    const identity = await source.identity()
    const taken = new Taken()
    const reader = source.open(taken.options(await source.startPositions()))
    await taken.until('five records', () => taken.count === 5)
    await world.deleteTopic(topic)
    await world.createTopic(topic, 1)
    await world.produce(
      topic,
      0,
      range(100, 110).map((i) => order(i)),
    )
    await taken.until('the failure', () => taken.status.state === 'failed')
    expect(taken.status).toMatchObject({ sqlstate: '58000', error: expect.stringContaining('made anew') })
    expect(taken.count).toBe(5)
    await reader.stop()

    const later = new Taken()
    const second = source.open(later.options(new Map([[0, 5]]), { identity }))
    await later.until('the failure of a reader from old positions', () => later.status.state === 'failed')
    expect(later.count).toBe(0)
    await second.stop()
  })

  test('a deleted topic ends the reader', async () => {
    const world = worldOf()
    const topic = topicName()
    await world.createTopic(topic, 1)
    await world.produce(topic, 0, [order(1)])
    const source = make(topic)
    const taken = new Taken()
    const reader = source.open(taken.options(await source.startPositions()))
    await taken.until('the record', () => taken.count === 1)
    await world.deleteTopic(topic)
    await taken.until('the failure', () => taken.status.state === 'failed')
    expect(taken.status).toMatchObject({ sqlstate: '58000', error: `topic "${topic}" was deleted` })
    await reader.stop()
  })

  test('an undecodable record is a dead letter with its bytes, and the reader goes on', async () => {
    const world = worldOf()
    const topic = topicName()
    await world.createTopic(topic, 1)
    await world.produce(topic, 0, [
      order(1),
      { key: 'k', value: 'poison' },
      { value: '{"id":"x"}' },
      { value: null },
      order(2),
    ])
    const taken = await readAll(make(topic))
    expect(taken.rows().map(([id]) => id)).toEqual([1, 2])
    expect(
      taken.deadLetters.map(({ offset, reason, key, value }) => ({
        offset,
        reason,
        key: key && Buffer.from(key).toString(),
        value: value && Buffer.from(value).toString(),
      })),
    ).toEqual([
      { offset: 1, reason: expect.stringContaining('malformed JSON'), key: 'k', value: 'poison' },
      { offset: 2, reason: expect.stringContaining('field "id"'), key: null, value: '{"id":"x"}' },
      { offset: 3, reason: 'the record has no value', key: null, value: null },
    ])
  })

  test('a missing topic is an error that names topic and broker', async () => {
    await expect(make(topicName()).partitions()).rejects.toMatchObject({
      sqlstate: '42704',
      message: expect.stringMatching(/^topic "suite-.*" does not exist on Kafka broker ".+"$/),
    })
  })

  test('START OFFSET and START TIMESTAMP say where to begin', async () => {
    const world = worldOf()
    const topic = topicName()
    await world.createTopic(topic, 2)
    const at = 1_700_000_000_000
    for (const i of range(0, 10)) await world.produce(topic, 0, [{ ...order(i), timestampMs: at + i * 1000 }])
    expect(await make(topic).startPositions()).toEqual(
      new Map([
        [0, 0],
        [1, 0],
      ]),
    )
    expect(await make(topic, { 'start mode': 'latest' }).startPositions()).toEqual(
      new Map([
        [0, 10],
        [1, 0],
      ]),
    )
    expect(await make(topic, { 'start offset': [7] }).startPositions()).toEqual(
      new Map([
        [0, 7],
        [1, 0],
      ]),
    )
    expect(await make(topic, { 'start timestamp': at + 3500 }).startPositions()).toEqual(
      new Map([
        [0, 4],
        [1, 0],
      ]),
    )
    await expect(make(topic, { 'start offset': [11] }).startPositions()).rejects.toMatchObject({
      sqlstate: '22023',
      message: 'START OFFSET 11 is not in partition 0, which holds 0 to 10',
    })
  })

  test('at most eight batches are unresolved, and none is lost when they are taken late', async () => {
    const world = worldOf()
    const topic = topicName()
    await world.createTopic(topic, 1)
    for (const i of range(0, 12))
      await world.produce(
        topic,
        0,
        range(0, 4000).map((k) => order(i * 4000 + k, 'x')),
      )
    const source = make(topic)
    const taken = new Taken()
    const held: (() => void)[] = []
    const options = taken.options(await source.startPositions(), { until: new Map([[0, 48_000]]) })
    const reader = source.open({
      ...options,
      onBatch: async (batch) => {
        await options.onBatch(batch)
        await new Promise<void>((resolve) => held.push(resolve))
      },
    })
    await taken.until('eight batches', () => taken.batches.length === 8)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(taken.batches.length).toBe(8)
    const release = setInterval(() => held.shift()?.(), 1)
    await taken.until('the end', () => taken.ended)
    clearInterval(release)
    expect(taken.count).toBe(48_000)
    await reader.stop()
  })
}
