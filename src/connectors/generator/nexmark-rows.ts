import type { Column } from '../../types/column.ts'
import { StrBuilder } from '../../types/column-build.ts'
import { INT8, type RowType, TEXT, TIMESTAMP } from '../../types/sql-type.ts'
import {
  auctionId,
  auctionLengthMs,
  bidAuction,
  bidder,
  category,
  type NexmarkKind,
  personId,
  price,
  seller,
} from './nexmark-model.ts'
import { appendFiller, CITIES, channelOf, channelTable, FIRST_NAMES, LAST_NAMES, STATES } from './nexmark-text.ts'
import type { EventRandom } from './random.ts'

const int8 = (name: string) => ({ name, type: INT8, nullable: false })
const text = (name: string) => ({ name, type: TEXT, nullable: false })
const time = (name: string) => ({ name, type: TIMESTAMP, nullable: false })

export const NEXMARK_TYPES = {
  person: [
    int8('id'),
    text('name'),
    text('email_address'),
    text('credit_card'),
    text('city'),
    text('state'),
    time('date_time'),
    text('extra'),
  ],
  auction: [
    int8('id'),
    text('item_name'),
    text('description'),
    int8('initial_bid'),
    int8('reserve'),
    time('date_time'),
    time('expires'),
    int8('seller'),
    int8('category'),
    text('extra'),
  ],
  bid: [int8('auction'), int8('bidder'), int8('price'), text('channel'), text('url'), time('date_time'), text('extra')],
} as const satisfies Record<NexmarkKind, RowType>

/** What makes the rows of events: the clock of the stream and its randomness. */
export interface NexmarkClock {
  readonly random: EventRandom
  readonly startMs: number
  readonly eventMs: number
}

/** Which columns are wanted, in the numbering of the kind's row type; null: all. */
type Wanted = ReadonlySet<number> | null

const timeMs = (clock: NexmarkClock, event: number): number => Math.floor(clock.startMs + event * clock.eventMs)

export const NEXMARK_ROWS = { person: personRows, auction: auctionRows, bid: bidRows } as const satisfies Record<
  NexmarkKind,
  (events: Float64Array, n: number, clock: NexmarkClock, wanted: Wanted) => (Column | undefined)[]
>

function bidRows(events: Float64Array, n: number, clock: NexmarkClock, wanted: Wanted): (Column | undefined)[] {
  const { random } = clock
  const make = new ColumnMaker(events, n, random, wanted)
  const { name, url } = channelTable()
  return [
    make.numbers(0, (event) => bidAuction(event, random)),
    make.numbers(1, (event) => bidder(event, random)),
    make.numbers(2, () => price(random, 4)),
    make.texts(3, (to) => {
      const bytes = name[channelOf(random, 5)]
      to.appendBytes(bytes, 0, bytes.length)
    }),
    make.texts(4, (to) => {
      const bytes = url[channelOf(random, 5)]
      to.appendBytes(bytes, 0, bytes.length)
    }),
    make.numbers(5, (event) => timeMs(clock, event) * 1000),
    make.texts(6, (to) => appendFiller(to, random, 8, 68)),
  ]
}

function auctionRows(events: Float64Array, n: number, clock: NexmarkClock, wanted: Wanted): (Column | undefined)[] {
  const { random } = clock
  const make = new ColumnMaker(events, n, random, wanted)
  return [
    make.numbers(0, auctionId),
    make.texts(1, (to) => appendFiller(to, random, 10, 20)),
    make.texts(2, (to) => appendFiller(to, random, 12, 100)),
    make.numbers(3, () => price(random, 4)),
    make.numbers(4, () => price(random, 4) + price(random, 5)),
    make.numbers(5, (event) => timeMs(clock, event) * 1000),
    make.numbers(6, (event) => (timeMs(clock, event) + auctionLengthMs(random, 6, clock.eventMs)) * 1000),
    make.numbers(7, (event) => seller(event, random)),
    make.numbers(8, () => category(random, 7)),
    make.texts(9, (to) => appendFiller(to, random, 14, 320)),
  ]
}

function personRows(events: Float64Array, n: number, clock: NexmarkClock, wanted: Wanted): (Column | undefined)[] {
  const { random } = clock
  const make = new ColumnMaker(events, n, random, wanted)
  const pick = (use: number, from: readonly string[]) => from[random.below(use, from.length)]
  const letters = (use: number, length: number) => {
    let out = ''
    for (let k = 0; k < length; k++) out += String.fromCharCode(97 + random.below(use + k, 26))
    return out
  }
  const digits = (use: number) => String(random.below(use, 10_000)).padStart(4, '0')
  return [
    make.numbers(0, personId),
    make.texts(1, (to) => to.appendString(`${pick(0, FIRST_NAMES)} ${pick(1, LAST_NAMES)}`)),
    make.texts(2, (to) => to.appendString(`${letters(20, 7)}@${letters(30, 5)}.com`)),
    make.texts(3, (to) => to.appendString(`${digits(40)} ${digits(41)} ${digits(42)} ${digits(43)}`)),
    make.texts(4, (to) => to.appendString(pick(2, CITIES))),
    make.texts(5, (to) => to.appendString(pick(3, STATES))),
    make.numbers(6, (event) => timeMs(clock, event) * 1000),
    make.texts(7, (to) => appendFiller(to, random, 8, 100)),
  ]
}

/** One loop a column, over the events of one kind. */
class ColumnMaker {
  private readonly events: Float64Array
  private readonly n: number
  private readonly random: EventRandom
  private readonly wanted: Wanted

  constructor(events: Float64Array, n: number, random: EventRandom, wanted: Wanted) {
    this.events = events
    this.n = n
    this.random = random
    this.wanted = wanted
  }

  numbers(column: number, value: (event: number) => number): Column | undefined {
    if (this.wanted !== null && !this.wanted.has(column)) return undefined
    const data = new Float64Array(this.n)
    for (let i = 0; i < this.n; i++) {
      const event = this.events[i]
      this.random.at(event)
      data[i] = value(event)
    }
    return { kind: 'f64', data, nulls: null }
  }

  texts(column: number, append: (to: StrBuilder) => void): Column | undefined {
    if (this.wanted !== null && !this.wanted.has(column)) return undefined
    const builder = new StrBuilder(this.n)
    for (let i = 0; i < this.n; i++) {
      this.random.at(this.events[i])
      append(builder)
    }
    return builder.finish()
  }
}
