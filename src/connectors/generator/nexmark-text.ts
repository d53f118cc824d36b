import type { StrColumn } from '../../types/column.ts'
import { belowOf, EventRandom } from './random.ts'

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

/** Texts one behind the other: text k is bytes[offsets[k] .. offsets[k + 1]). */
export interface TextTable {
  readonly bytes: Uint8Array
  readonly offsets: Int32Array
}

export interface Channels {
  readonly name: TextTable
  readonly url: TextTable
}

let channels: Channels | null = null

/** The four hot channels first, then channel-0 … channel-9999; each with the address that its bids come from. */
export function channelTable(): Channels {
  if (channels !== null) return channels
  const random = new EventRandom(0x6e78)
  const name: string[] = []
  const url: string[] = []
  for (let i = 0; i < HOT_CHANNELS.length + CHANNELS; i++) {
    random.at(i)
    const cold = i - HOT_CHANNELS.length
    name.push(cold < 0 ? HOT_CHANNELS[i] : `channel-${cold}`)
    const path = [0, 1, 2].map((part) => letters(random, part * 8, 5)).join('/')
    const id = cold >= 0 && random.below(40, 10) > 0 ? `&channel_id=${random.bits(41) & 0x7fffffff}` : ''
    url.push(`https://www.nexmark.com/${path}/item.htm?query=1${id}`)
  }
  channels = { name: textTable(name), url: textTable(url) }
  return channels
}

function textTable(texts: readonly string[]): TextTable {
  const offsets = new Int32Array(texts.length + 1)
  for (let i = 0; i < texts.length; i++) offsets[i + 1] = offsets[i] + Buffer.byteLength(texts[i])
  return { bytes: Uint8Array.from(Buffer.from(texts.join(''))), offsets }
}

/** Half of the bids come through a hot channel. */
export function channelOf(hash: number, use: number): number {
  return belowOf(hash, use, 2) > 0
    ? belowOf(hash, use + 1, HOT_CHANNELS.length)
    : HOT_CHANNELS.length + belowOf(hash, use + 1, CHANNELS)
}

export function letters(random: EventRandom, use: number, length: number): string {
  let text = ''
  for (let k = 0; k < length; k++) text += String.fromCharCode(97 + random.below(use + k, 26))
  return text
}

/** Row i is text `rows[i]` of the table. */
export function pickTexts(table: TextTable, rows: Int32Array, n: number): StrColumn {
  const from = table.offsets
  const offsets = new Int32Array(n + 1)
  for (let i = 0, used = 0; i < n; i++) {
    used += from[rows[i] + 1] - from[rows[i]]
    offsets[i + 1] = used
  }
  const bytes = new Uint8Array(offsets[n])
  const source = table.bytes
  let at = 0
  for (let i = 0; i < n; i++) {
    const row = rows[i]
    const end = from[row + 1]
    for (let k = from[row]; k < end; k++) bytes[at++] = source[k]
  }
  return { kind: 'str', bytes, offsets, nulls: null, strings: null }
}

const FILLER_ROWS = 1021
const fillers = new Map<number, Uint8Array>()

/**
 * Filler of `length` bytes a row: row k of all rows has piece k of an endless random text, so that rows of a range are
 * copied at once. (The published generator spreads lengths by 20 % around the same mean.)
 */
export function fillerColumn(firstRow: number, n: number, length: number): StrColumn {
  let text = fillers.get(length)
  if (text === undefined) fillers.set(length, (text = fillerText(length * FILLER_ROWS, length)))
  const bytes = new Uint8Array(n * length)
  for (let row = 0; row < n; ) {
    const piece = (firstRow + row) % FILLER_ROWS
    const rows = Math.min(n - row, FILLER_ROWS - piece)
    bytes.set(text.subarray(piece * length, (piece + rows) * length), row * length)
    row += rows
  }
  const offsets = new Int32Array(n + 1)
  for (let i = 1; i <= n; i++) offsets[i] = i * length
  return { kind: 'str', bytes, offsets, nulls: null, strings: null }
}

function fillerText(size: number, seed: number): Uint8Array {
  const random = new EventRandom(seed)
  const bytes = new Uint8Array(size)
  for (let i = 0; i < size; i++) {
    random.at(i)
    bytes[i] = random.below(0, 13) === 0 ? 0x20 : 97 + random.below(1, 26)
  }
  return bytes
}
