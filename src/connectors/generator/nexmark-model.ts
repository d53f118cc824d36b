import type { EventRandom } from './random.ts'

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

export function kindOf(event: number): NexmarkKind {
  const rest = event % CYCLE
  return rest < PERSONS ? 'person' : rest < PERSONS + AUCTIONS ? 'auction' : 'bid'
}

/** How many persons exist after this event, less one. */
function lastPerson(event: number): number {
  return Math.floor(event / CYCLE)
}

function lastAuction(event: number): number {
  const cycle = Math.floor(event / CYCLE)
  const rest = event % CYCLE
  if (rest < PERSONS) return cycle * AUCTIONS - 1
  return cycle * AUCTIONS + Math.min(rest - PERSONS, AUCTIONS - 1)
}

export const personId = (event: number): number => FIRST_ID + lastPerson(event)
export const auctionId = (event: number): number => FIRST_ID + lastAuction(event)
export const category = (random: EventRandom, use: number): number => FIRST_CATEGORY + random.below(use, CATEGORIES)

/** Prices are log-uniform from 1.00 to 1,000,000.00, in cents. */
export const price = (random: EventRandom, use: number): number => Math.round(10 ** (random.unit(use) * 6) * 100)

export function bidAuction(event: number, random: EventRandom): number {
  const last = Math.max(0, lastAuction(event))
  if (random.below(0, HOT_AUCTION_CHANCES) > 0) return FIRST_ID + Math.floor(last / HOT_STRIDE) * HOT_STRIDE
  const first = Math.max(last - IN_FLIGHT_AUCTIONS, 0)
  return FIRST_ID + first + random.below(1, last - first + 1 + ID_LEAD)
}

export function bidder(event: number, random: EventRandom): number {
  if (random.below(2, HOT_PERSON_CHANCES) > 0) {
    return FIRST_ID + Math.floor(lastPerson(event) / HOT_STRIDE) * HOT_STRIDE + 1
  }
  return FIRST_ID + somePerson(event, random)
}

export function seller(event: number, random: EventRandom): number {
  if (random.below(2, HOT_PERSON_CHANCES) > 0) return FIRST_ID + Math.floor(lastPerson(event) / HOT_STRIDE) * HOT_STRIDE
  return FIRST_ID + somePerson(event, random)
}

function somePerson(event: number, random: EventRandom): number {
  const persons = lastPerson(event) + 1
  const active = Math.min(persons, ACTIVE_PERSONS)
  return persons - active + random.below(3, active + ID_LEAD)
}

/** An auction runs for about as long as it takes until 100 more are in flight; ms. */
export function auctionLengthMs(random: EventRandom, use: number, eventMs: number): number {
  const horizonMs = Math.max(1, Math.floor(((IN_FLIGHT_AUCTIONS * CYCLE) / AUCTIONS) * eventMs * 2))
  return 1 + random.below(use, horizonMs)
}
