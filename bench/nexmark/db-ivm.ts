import { concat, D2, filter, type IStreamBuilder, join, MultiSet, map, output, reduce } from '@tanstack/db-ivm'
import type { Consumed } from './circuit.ts'
import { type EventObject, type EventsOf, KINDS, type Kind } from './data.ts'
import type { QueryName } from './queries.ts'

type Stream<T> = IStreamBuilder<T>
type Keyed<V> = [string | number, V]
type Sources = EventsOf<Stream<EventObject>>
type Weighted<V> = [V, number][]

const WESTERN = new Set<string | number>(['OR', 'ID', 'CA'])

/** Keys of two columns are texts, as its users write them. */
const pairKey = (a: string | number, b: number): string => `${a}|${b}`
const firstOf = (key: string | number): number => Number.parseInt(String(key), 10)
const secondOf = (key: string | number): number => Number(String(key).slice(String(key).indexOf('|') + 1))

function largest(values: Weighted<number>): Weighted<number> {
  let best = -1
  for (const [value, count] of values) if (count > 0 && value > best) best = value
  return best < 0 ? [] : [[best, 1]]
}
function counted(values: Weighted<unknown>): Weighted<number> {
  let sum = 0
  for (const [, count] of values) sum += count
  return sum === 0 ? [] : [[sum, 1]]
}
const once = <V>(values: Weighted<V>): Weighted<V> => (values.length === 0 ? [] : [[values[0][0], 1]])
const num = (value: string | number): number => value as number

/** The same queries for @tanstack/db-ivm. Not here: q7, whose join has a condition on ranges over a retracted maximum. */
const DATAFLOWS: Partial<Record<QueryName, (sources: Sources) => Stream<readonly unknown[]>>> = {
  q0: ({ bid }) => bid.pipe(map((b) => [b['auction'], b['bidder'], b['price'], b['date_time'], b['extra']])),
  q1: ({ bid }) =>
    bid.pipe(map((b) => [b['auction'], b['bidder'], num(b['price']) * 0.908, b['date_time'], b['extra']])),
  q2: ({ bid }) =>
    bid.pipe(
      filter((b) => num(b['auction']) % 123 === 0),
      map((b) => [b['auction'], b['price']]),
    ),
  q3: ({ auction, person }) => {
    const people = person.pipe(
      filter((p) => WESTERN.has(p['state'])),
      map((p): Keyed<EventObject> => [p['id'], p]),
    )
    return auction.pipe(
      filter((a) => a['category'] === 10),
      map((a): Keyed<string | number> => [a['seller'], a['id']]),
      join(people, 'inner'),
      map(([, [id, p]]) => [p!['name'], p!['city'], p!['state'], id]),
    )
  },
  q4: ({ auction, bid }) => {
    const auctions = auction.pipe(
      map((a): Keyed<number[]> => [a['id'], [num(a['category']), num(a['date_time']), num(a['expires'])]]),
    )
    return bid.pipe(
      map((b): Keyed<number[]> => [b['auction'], [num(b['price']), num(b['date_time'])]]),
      join(auctions, 'inner'),
      filter(([, [b, a]]) => b![1] >= a![1] && b![1] <= a![2]),
      map(([id, [b, a]]): Keyed<number> => [pairKey(id, a![0]), b![0]]),
      reduce(largest),
      map(([key, final]): Keyed<number> => [secondOf(key), final]),
      reduce((finals: Weighted<number>): Weighted<number> => {
        let sum = 0
        let n = 0
        for (const [final, count] of finals) {
          sum += final * count
          n += count
        }
        return n === 0 ? [] : [[Math.floor(sum / n), 1]]
      }),
    )
  },
  q5: ({ bid }) => {
    const hop = (k: number) =>
      bid.pipe(map((b): Keyed<number> => [pairKey(b['auction'], Math.floor(num(b['date_time']) / 2000) - k), 1]))
    let hops: Stream<Keyed<number>> = hop(0)
    for (let k = 1; k < 5; k++) hops = hops.pipe(concat(hop(k)))
    const counts = hops.pipe(reduce(counted))
    const best = counts.pipe(
      map(([key, count]): Keyed<number> => [secondOf(key), count]),
      reduce(largest),
      map(([start, count]): Keyed<number> => [pairKey(start, count), 1]),
    )
    return counts.pipe(
      map(([key, count]): Keyed<number[]> => [pairKey(secondOf(key), count), [firstOf(key), count]]),
      join(best, 'inner'),
      map(([, [row]]) => row!),
    )
  },
  q8: ({ person, auction }) => {
    const window = (ms: string | number) => Math.floor(num(ms) / 10_000)
    const sellers = auction.pipe(
      map((a): Keyed<number> => [pairKey(a['seller'], window(a['date_time'])), 1]),
      reduce(once<number>),
    )
    return person.pipe(
      map((p): Keyed<string> => [pairKey(p['id'], window(p['date_time'])), p['name'] as string]),
      reduce(once<string>),
      join(sellers, 'inner'),
      map(([key, [name]]) => [firstOf(key), name, secondOf(key) * 10_000]),
    )
  },
}

export const dbIvmCan = (query: QueryName): boolean => DATAFLOWS[query] !== undefined

/** A query on @tanstack/db-ivm, behind the same calls as ours. */
export class DbIvmGraph {
  readonly consumed: Consumed = { changes: 0, rows: 0 }
  private readonly graph = new D2()
  private readonly inputs: EventsOf<ReturnType<D2['newInput']>>
  private read = 0

  constructor(query: QueryName) {
    const [person, auction, bid] = KINDS.map(() => this.graph.newInput<EventObject>())
    this.inputs = { person, auction, bid } as EventsOf<ReturnType<D2['newInput']>>
    DATAFLOWS[query]!({ person, auction, bid }).pipe(output((message) => this.consume(message.getInner())))
    this.graph.finalize()
  }

  push(kind: Kind, rows: [EventObject, number][]): void {
    this.inputs[kind].sendData(new MultiSet<unknown>(rows))
  }
  run(): void {
    this.graph.run()
  }

  private consume(changes: readonly (readonly [readonly unknown[], number])[]): void {
    for (const [row, count] of changes) {
      this.consumed.rows += count
      if (typeof row[0] === 'number') this.read += row[0]
    }
    this.consumed.changes += changes.length
  }
}
