/** `npm run kafka`: a real broker to try things with, and three commands to feed and watch it. */
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { CompressionTypes, Kafka, logLevel } from 'kafkajs'
import { dueCount, makeOrder, orderJson } from './kafka-orders.ts'
import { root } from './processes.ts'
import './quiet-warnings.ts'
import { startKafka } from './services/kafka.ts'
import { serviceMissing } from './services/missing.ts'

const HELP = `npm run kafka                                           a broker on 127.0.0.1:9092 until Ctrl-C
npm run kafka -- topic orders 4                         creates a topic, or adds partitions to it
npm run kafka -- produce orders [--rate 100] [--count N]  JSON orders {id, account, amount, ts}; rate 0: as fast as it goes
npm run kafka -- tail orders                            prints what arrives
  --port 9092, --broker 127.0.0.1:9092, --dir ./kafka-data
`
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string', default: '9092' },
    broker: { type: 'string' },
    dir: { type: 'string' },
    rate: { type: 'string', default: '100' },
    count: { type: 'string' },
    help: { type: 'boolean' },
  },
})
const broker = values.broker ?? `127.0.0.1:${values.port}`
const kafka = new Kafka({
  clientId: 'millrace-tools',
  brokers: [broker],
  logLevel: logLevel.NOTHING,
  retry: { retries: 2 },
})

async function serveBroker(): Promise<void> {
  const missing = serviceMissing('kafka')
  if (missing !== null) throw new Error(missing)
  const dir = resolve(values.dir ?? `${root}/kafka-data`)
  process.stderr.write('starting Kafka (the first time it is fetched from Maven Central: 44 MB) …\n')
  const service = await startKafka({ dir, port: Number(values.port) })
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      stopping = true
      void service.stop()
    })
  }
  await createTopic('orders', 1)
  process.stdout.write(`ready: ${service.brokers[0]}, topic "orders", data in ${dir}; Ctrl-C ends it\n`)
  await service.ended()
  if (!stopping) throw new Error(`Kafka ended by itself; see ${dir}/kafka.log`)
}

/** Partitions that a topic has already stay: Kafka only adds. */
async function createTopic(topic: string, partitions: number): Promise<string> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const existing = await admin.listTopics()
    if (!existing.includes(topic)) {
      await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true })
      return `created ${topic} with ${partitions} partitions`
    }
    const [metadata] = (await admin.fetchTopicMetadata({ topics: [topic] })).topics
    const has = metadata.partitions.length
    if (has >= partitions) return `${topic} has ${has} partitions already`
    await admin.createPartitions({ topicPartitions: [{ topic, count: partitions }] })
    return `${topic} had ${has} partitions, now has ${partitions}`
  } finally {
    await admin.disconnect()
  }
}

const BATCH_MAX = 5000

async function produce(topic: string): Promise<void> {
  const rate = Number(values.rate)
  const limit = values.count === undefined ? null : Number(values.count)
  if (!(rate >= 0) || (limit !== null && !(limit >= 0))) throw new Error('--rate and --count must be numbers')
  let running = true
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      running = false
    })
  }
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  await producer.connect()
  const started = Date.now()
  let sent = 0
  for (let told = started; running && sent !== limit; ) {
    const due = rate === 0 ? (limit ?? sent + BATCH_MAX) : dueCount(rate, Date.now() - started, limit)
    const count = Math.min(BATCH_MAX, due - sent)
    if (count <= 0) await sleep(5)
    else {
      const messages = Array.from({ length: count }, (_, i) => {
        const order = makeOrder(sent + i + 1, Date.now(), Math.random)
        return { key: String(order.account), value: orderJson(order) }
      })
      await producer.send({ topic, messages, compression: CompressionTypes.None })
      sent += count
    }
    if (process.stderr.isTTY && Date.now() - told > 1000) {
      told = Date.now()
      process.stderr.write(`\r${sent} records`)
    }
  }
  await producer.disconnect()
  process.stdout.write(`${process.stderr.isTTY ? '\n' : ''}sent ${sent} records to ${topic}\n`)
}

async function tail(topic: string): Promise<void> {
  const consumer = kafka.consumer({ groupId: `millrace-tail-${process.pid}-${Date.now()}`, maxWaitTimeInMs: 200 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const ended = new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => done())
  })
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      const key = message.key === null ? '' : `${message.key.toString()} `
      process.stdout.write(`${partition}/${message.offset} ${key}${message.value?.toString() ?? 'null'}\n`)
    },
  })
  await ended
  await consumer.disconnect()
}

async function run(): Promise<void> {
  const [command, topic, count] = positionals
  if (values.help) process.stdout.write(HELP)
  else if (command === undefined) await serveBroker()
  else if (topic === undefined) throw new Error(`which topic?\n${HELP}`)
  else if (command === 'topic') process.stdout.write(`${await createTopic(topic, Number(count ?? 1))}\n`)
  else if (command === 'produce') await produce(topic)
  else if (command === 'tail') await tail(topic)
  else throw new Error(`there is no command "${command}"\n${HELP}`)
}

try {
  await run()
} catch (error) {
  const { name, message } = error as Error
  const unreachable = name === 'KafkaJSConnectionError' || name === 'KafkaJSNumberOfRetriesExceeded'
  process.stderr.write(
    unreachable ? `no Kafka answers on ${broker} (${message}); start one with: npm run kafka\n` : `${message}\n`,
  )
  process.exitCode = 1
}
