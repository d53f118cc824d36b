import { Kafka, logLevel } from 'kafkajs'

export const kafkaClient = (brokers: string) =>
  new Kafka({ clientId: 'e2e', brokers: brokers.split(','), logLevel: logLevel.NOTHING })

/** What the view must hold in the end, computed by plain counting. */
export interface BatchAnswer {
  readonly revenue: readonly {
    readonly region: string
    readonly orders: string
    readonly total: string
    readonly latest: Date
  }[]
  readonly accounts: number
}

/** How fast orders are produced, which may change on the way. */
export interface Pace {
  /** Records that the next message set holds. */
  slice(): number
  /** Before each message set; `handed`: records that the producer has been given, those of this set included. */
  before(handed: number): Promise<void>
}

const AT_ONCE: Pace = { slice: () => 20_000, before: async () => {} }

/** Orders of accounts 1 … 1000, in four partitions by id; account i is in `us` when i is divisible by three. */
export async function produceOrders(
  brokers: string,
  topic: string,
  count: number,
  pace: Pace = AT_ONCE,
): Promise<BatchAnswer> {
  const producer = kafkaClient(brokers).producer({ allowAutoTopicCreation: false })
  await producer.connect()
  const regions = new Map<string, { orders: number; cents: number; latest: number }>()
  const accounts = new Set<number>()
  const start = Date.UTC(2026, 0, 1)
  for (let from = 0, to = 0; from < count; from = to) {
    to = Math.min(count, from + pace.slice())
    await pace.before(to)
    const messages = []
    for (let id = from; id < to; id++) {
      const account = 1 + ((id * 7919) % 1000)
      const cents = (id * 31) % 100_000
      const at = start + id * 10
      const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
      const region = account % 3 === 0 ? 'us' : 'eu'
      const sum = regions.get(region) ?? { orders: 0, cents: 0, latest: 0 }
      regions.set(region, { orders: sum.orders + 1, cents: sum.cents + cents, latest: Math.max(sum.latest, at) })
      accounts.add(account)
      messages.push({
        partition: id % 4,
        value: `{"id":${id},"account":${account},"amount":${amount},"ts":"${new Date(at).toISOString()}"}`,
      })
    }
    await producer.send({ topic, messages, acks: -1 })
  }
  await producer.disconnect()
  const revenue = [...regions]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([region, { orders, cents, latest }]) => ({
      region,
      orders: String(orders),
      total: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`,
      latest: new Date(latest),
    }))
  return { revenue, accounts: accounts.size }
}
