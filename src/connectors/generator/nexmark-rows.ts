import type { Column } from '../../types/column.ts'
import { StrBuilder } from '../../types/column-build.ts'
import {
  auctionId,
  auctionLengthMs,
  bidAuction,
  bidder,
  category,
  type KindEvents,
  type NexmarkKind,
  personId,
  price,
  seller,
} from './nexmark-model.ts'
import {
  CITIES,
  channelOf,
  channelTable,
  FIRST_NAMES,
  fillerColumn,
  LAST_NAMES,
  letters,
  pickTexts,
  STATES,
} from './nexmark-text.ts'
import type { EventRandom } from './random.ts'

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
  (of: KindEvents, clock: NexmarkClock, wanted: Wanted) => (Column | undefined)[]
>

function bidRows(of: KindEvents, clock: NexmarkClock, wanted: Wanted): (Column | undefined)[] {
  const { n, hashes, firstOfKind } = of
  const channels = new Int32Array(n)
  if (wants(wanted, 3) || wants(wanted, 4)) for (let i = 0; i < n; i++) channels[i] = channelOf(hashes[i], 5)
  return [
    numbers(of, wanted, 0, (_event, cycle, hash) => bidAuction(cycle, hash)),
    numbers(of, wanted, 1, (_event, cycle, hash) => bidder(cycle, hash)),
    numbers(of, wanted, 2, (_event, _cycle, hash) => price(hash, 4)),
    wants(wanted, 3) ? pickTexts(channelTable().name, channels, n) : undefined,
    wants(wanted, 4) ? pickTexts(channelTable().url, channels, n) : undefined,
    numbers(of, wanted, 5, (event) => timeMs(clock, event) * 1000),
    wants(wanted, 6) ? fillerColumn(firstOfKind, n, 68) : undefined,
  ]
}

function auctionRows(of: KindEvents, clock: NexmarkClock, wanted: Wanted): (Column | undefined)[] {
  const { n, firstOfKind } = of
  return [
    numbers(of, wanted, 0, auctionId),
    wants(wanted, 1) ? fillerColumn(firstOfKind, n, 20) : undefined,
    wants(wanted, 2) ? fillerColumn(firstOfKind, n, 100) : undefined,
    numbers(of, wanted, 3, (_event, _cycle, hash) => price(hash, 4)),
    numbers(of, wanted, 4, (_event, _cycle, hash) => price(hash, 4) + price(hash, 5)),
    numbers(of, wanted, 5, (event) => timeMs(clock, event) * 1000),
    numbers(
      of,
      wanted,
      6,
      (event, _cycle, hash) => (timeMs(clock, event) + auctionLengthMs(hash, 6, clock.eventMs)) * 1000,
    ),
    numbers(of, wanted, 7, (_event, cycle, hash) => seller(cycle, hash)),
    numbers(of, wanted, 8, (_event, _cycle, hash) => category(hash, 7)),
    wants(wanted, 9) ? fillerColumn(firstOfKind, n, 320) : undefined,
  ]
}

function personRows(of: KindEvents, clock: NexmarkClock, wanted: Wanted): (Column | undefined)[] {
  const { random } = clock
  const pick = (use: number, from: readonly string[]) => from[random.below(use, from.length)]
  const digits = (use: number) => String(random.below(use, 10_000)).padStart(4, '0')
  const texts = (column: number, value: () => string): Column | undefined => {
    if (!wants(wanted, column)) return undefined
    const builder = new StrBuilder(of.n)
    for (let i = 0; i < of.n; i++) {
      random.at(of.events[i])
      builder.appendString(value())
    }
    return builder.finish()
  }
  return [
    numbers(of, wanted, 0, (_event, cycle) => personId(cycle)),
    texts(1, () => `${pick(0, FIRST_NAMES)} ${pick(1, LAST_NAMES)}`),
    texts(2, () => `${letters(random, 20, 7)}@${letters(random, 30, 5)}.com`),
    texts(3, () => `${digits(40)} ${digits(41)} ${digits(42)} ${digits(43)}`),
    texts(4, () => pick(2, CITIES)),
    texts(5, () => pick(3, STATES)),
    numbers(of, wanted, 6, (event) => timeMs(clock, event) * 1000),
    wants(wanted, 7) ? fillerColumn(of.firstOfKind, of.n, 120) : undefined,
  ]
}

const wants = (wanted: Wanted, column: number): boolean => wanted === null || wanted.has(column)

function numbers(
  of: KindEvents,
  wanted: Wanted,
  column: number,
  value: (event: number, cycle: number, hash: number) => number,
): Column | undefined {
  if (!wants(wanted, column)) return undefined
  const { n, events, cycles, hashes } = of
  const data = new Float64Array(n)
  for (let i = 0; i < n; i++) data[i] = value(events[i], cycles[i], hashes[i])
  return { kind: 'f64', data, nulls: null }
}
