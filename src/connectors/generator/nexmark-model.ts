import { belowOf, bitsOf, type EventRandom } from './random.ts'

/**
 * The published model of the Nexmark benchmark: of every 50 events 1 is a person, 3 are auctions, 46 are bids; ids grow
 * with the stream, half of the bids go to the hot auction, three quarters of bidders and sellers are hot persons.
 */
export const PERSONS = 1
export const AUCTIONS = 3
export const CYCLE = 50
const FIRST_ID = 1000
const FIRST_CATEGORY = 10
const CATEGORIES = 5
const HOT_AUCTION_CHANCES = 2
const HOT_PERSON_CHANCES = 4
const HOT_STRIDE = 100
const IN_FLIGHT_AUCTIONS = 100
const ACTIVE_PERSONS = 1000
/** Ids a little ahead of what exists, so that some joins wait for their partner. */
const ID_LEAD = 10

export type NexmarkKind = 'person' | 'auction' | 'bid'

/** Where in a cycle of 50 events each kind lies, and how many of it. */
export const PLACES = {
  person: { first: 0, count: PERSONS },
  auction: { first: PERSONS, count: AUCTIONS },
  bid: { first: PERSONS + AUCTIONS, count: CYCLE - PERSONS - AUCTIONS },
} as const satisfies Record<NexmarkKind, { readonly first: number; readonly count: number }>

/** The events of one kind among [from, to), with what rows are made of. */
export interface KindEvents {
  readonly n: number
  readonly events: Float64Array
  /** Which cycle of 50 each lies in: as many persons came before it. */
  readonly cycles: Float64Array
  /** Number of the first among all events of its kind; the others follow. */
  readonly firstOfKind: number
  readonly hashes: Int32Array
}

export function eventsOf(kind: NexmarkKind, from: number, to: number, random: EventRandom): KindEvents {
  const { first, count } = PLACES[kind]
  const size = to - from
  const events = new Float64Array(size)
  const cycles = new Float64Array(size)
  const hashes = new Int32Array(size)
  let firstOfKind = -1
  let n = 0
  // By cycles: a remainder of large numbers costs more than the rest of a row.
  for (let cycle = Math.floor(from / CYCLE); cycle * CYCLE < to; cycle++) {
    const base = cycle * CYCLE + first
    for (let k = Math.max(0, from - base); k < count && base + k < to; k++) {
      if (n === 0) firstOfKind = cycle * count + k
      events[n] = base + k
      cycles[n] = cycle
      hashes[n++] = random.hash(base + k)
    }
  }
  return { n, events, cycles, firstOfKind, hashes }
}

export const personId = (cycle: number): number => FIRST_ID + cycle
export const auctionId = (event: number, cycle: number): number =>
  FIRST_ID + cycle * AUCTIONS + (event - cycle * CYCLE - PLACES.auction.first)
export const category = (hash: number, use: number): number => FIRST_CATEGORY + belowOf(hash, use, CATEGORIES)

/** Prices are log-uniform from 1.00 to 1,000,000.00, in cents; in 65,536 steps. */
const PRICES = Float64Array.from({ length: 0x10000 }, (_, i) => Math.round(10 ** ((i / 0x10000) * 6) * 100))
export const price = (hash: number, use: number): number => PRICES[bitsOf(hash, use) >>> 16]

export function bidAuction(cycle: number, hash: number): number {
  const last = cycle * AUCTIONS + AUCTIONS - 1
  if (belowOf(hash, 0, HOT_AUCTION_CHANCES) > 0) return FIRST_ID + Math.floor(last / HOT_STRIDE) * HOT_STRIDE
  const first = Math.max(last - IN_FLIGHT_AUCTIONS, 0)
  return FIRST_ID + first + belowOf(hash, 1, last - first + 1 + ID_LEAD)
}

export function bidder(cycle: number, hash: number): number {
  if (belowOf(hash, 2, HOT_PERSON_CHANCES) > 0) return FIRST_ID + Math.floor(cycle / HOT_STRIDE) * HOT_STRIDE + 1
  return FIRST_ID + somePerson(cycle, hash)
}

export function seller(cycle: number, hash: number): number {
  if (belowOf(hash, 2, HOT_PERSON_CHANCES) > 0) return FIRST_ID + Math.floor(cycle / HOT_STRIDE) * HOT_STRIDE
  return FIRST_ID + somePerson(cycle, hash)
}

function somePerson(cycle: number, hash: number): number {
  const persons = cycle + 1
  const active = Math.min(persons, ACTIVE_PERSONS)
  return persons - active + belowOf(hash, 3, active + ID_LEAD)
}

/** An auction runs for about as long as it takes until 100 more are in flight; ms. */
export function auctionLengthMs(hash: number, use: number, eventMs: number): number {
  const horizonMs = Math.max(1, Math.floor(((IN_FLIGHT_AUCTIONS * CYCLE) / AUCTIONS) * eventMs * 2))
  return 1 + belowOf(hash, use, horizonMs)
}
