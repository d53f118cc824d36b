import type { StrBuilder } from '../../types/column-build.ts'
import { EventRandom } from './random.ts'

/** Words of Nexmark's rows, and filler text of a wanted length, as bytes ready to copy. */
export const FIRST_NAMES = [
  'Peter',
  'Paul',
  'Luke',
  'John',
  'Saul',
  'Vicky',
  'Kate',
  'Julie',
  'Sarah',
  'Deiter',
  'Walter',
]
export const LAST_NAMES = ['Shultz', 'Abrams', 'Spencer', 'White', 'Bartels', 'Walton', 'Smith', 'Jones', 'Noris']
export const CITIES = [
  'Phoenix',
  'Los Angeles',
  'San Francisco',
  'Boise',
  'Portland',
  'Bend',
  'Redmond',
  'Seattle',
  'Kent',
  'Cheyenne',
]
export const STATES = ['AZ', 'CA', 'ID', 'OR', 'WA', 'WY']

const HOT_CHANNELS = ['Google', 'Facebook', 'Baidu', 'Apple']
const CHANNELS = 10_000

export interface Channels {
  readonly name: readonly Uint8Array[]
  readonly url: readonly Uint8Array[]
}

let channels: Channels | null = null

/** The four hot channels first, then channel-0 … channel-9999; each with the address that its bids come from. */
export function channelTable(): Channels {
  if (channels !== null) return channels
  const random = new EventRandom(0x6e78)
  const name: Uint8Array[] = []
  const url: Uint8Array[] = []
  for (let i = 0; i < HOT_CHANNELS.length + CHANNELS; i++) {
    random.at(i)
    const cold = i - HOT_CHANNELS.length
    name.push(Buffer.from(cold < 0 ? HOT_CHANNELS[i] : `channel-${cold}`))
    const path = [0, 1, 2].map((part) => word(random, part * 8)).join('/')
    const id = cold >= 0 && random.below(40, 10) > 0 ? `&channel_id=${random.bits(41) & 0x7fffffff}` : ''
    url.push(Buffer.from(`https://www.nexmark.com/${path}/item.htm?query=1${id}`))
  }
  channels = { name, url }
  return channels
}

/** Half of the bids come through a hot channel. */
export function channelOf(random: EventRandom, use: number): number {
  return random.below(use, 2) > 0
    ? random.below(use + 1, HOT_CHANNELS.length)
    : HOT_CHANNELS.length + random.below(use + 1, CHANNELS)
}

function word(random: EventRandom, use: number): string {
  let text = ''
  for (let k = 0; k < 5; k++) text += String.fromCharCode(97 + random.below(use + k, 26))
  return text
}

const POOL_BYTES = 1 << 16
let pool: Uint8Array | null = null

/** Appends filler of about `bytes` (± 20 %): a piece of one random text. */
export function appendFiller(to: StrBuilder, random: EventRandom, use: number, bytes: number): void {
  pool ??= fillerPool()
  const spread = Math.floor(bytes / 5)
  const length = Math.max(0, bytes - spread + random.below(use, 2 * spread + 1))
  const start = random.below(use + 1, POOL_BYTES - length)
  to.appendBytes(pool, start, start + length)
}

function fillerPool(): Uint8Array {
  const random = new EventRandom(0x6669)
  const bytes = new Uint8Array(POOL_BYTES)
  for (let i = 0; i < POOL_BYTES; i++) {
    random.at(i)
    bytes[i] = random.below(0, 13) === 0 ? 0x20 : 97 + random.below(1, 26)
  }
  return bytes
}
