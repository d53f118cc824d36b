import { assert } from '../base/assert.ts'
import { encodeUtf8 } from '../types/utf8.ts'

/**
 * Every key of the store. Numbers are big-endian and names end with a zero byte, so that memcmp order is the order in
 * which things are read.
 *
 *   meta      'checkpoint'                           the published checkpoint: tick, generation, the engine's bytes
 *             'structure' 0 id                       which blocks of a structure count (checkpoint-record.ts)
 *             'user' 0 name                          small values of the layers above
 *   base      id 0 generation:u64 n:u32              blocks of a compacted structure
 *   delta     id 0 generation:u64 n:u32              blocks of changed slots since
 *   journal   tick:u64 part:u32                      inputs of a tick
 *   history   'd' object 0 tick:u64 part:u32         changes of the ticks of one checkpoint, by its first tick
 *             'i' object 0 tick:u64                  what such an entry holds: last tick, time, bytes, parts
 */
export const CHECKPOINT_KEY = encodeUtf8('checkpoint')

export function structureKey(id: string): Uint8Array {
  return Buffer.concat([named('structure'), encodeUtf8(id)])
}
export const STRUCTURES = prefixRange(named('structure'))

export function structureIdOf(key: Uint8Array): string {
  return Buffer.from(key).toString('utf8', 'structure'.length + 1)
}

export function userKey(name: string): Uint8Array {
  return Buffer.concat([named('user'), encodeUtf8(name)])
}

export function blockKey(id: string, generation: number, n: number): Uint8Array {
  return Buffer.concat([named(id), u64(generation), u32(n)])
}

export interface BlockAddress {
  readonly id: string
  readonly generation: number
  readonly n: number
}

export function blockAddressOf(key: Uint8Array): BlockAddress {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.length)
  const end = bytes.length - 13
  assert(end >= 0 && bytes[end] === 0, 'a block key ends with generation and number')
  return { id: bytes.toString('utf8', 0, end), generation: readU64(bytes, end + 1), n: bytes.readUInt32BE(end + 9) }
}

/** Blocks of the generations from ≤ g ≤ through. */
export function blockRange(id: string, from: number, through: number): KeyRange {
  return { from: Buffer.concat([named(id), u64(from)]), to: Buffer.concat([named(id), u64(through + 1)]) }
}

export function journalKey(tick: number, part: number): Uint8Array {
  return Buffer.concat([u64(tick), u32(part)])
}

export function journalTickOf(key: Uint8Array): number {
  return readU64(Buffer.from(key.buffer, key.byteOffset, key.length), 0)
}

export function historyDataKey(object: string, tick: number, part: number): Uint8Array {
  return Buffer.concat([encodeUtf8('d'), named(object), u64(tick), u32(part)])
}

export function historyIndexKey(object: string, tick: number): Uint8Array {
  return Buffer.concat([encodeUtf8('i'), named(object), u64(tick)])
}
export const HISTORY_INDEX = prefixRange(encodeUtf8('i'))

/** Object and first tick of an index or data key. */
export function historyAddressOf(key: Uint8Array): { readonly object: string; readonly tick: number } {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.length)
  const end = bytes.indexOf(0, 1)
  assert(end > 0, 'a history key names its object')
  return { object: bytes.toString('utf8', 1, end), tick: readU64(bytes, end + 1) }
}

export interface KeyRange {
  readonly from: Uint8Array
  readonly to: Uint8Array
}

/** Every key there can be. */
export const ALL_KEYS: KeyRange = { from: new Uint8Array(0), to: new Uint8Array(16).fill(0xff) }

function prefixRange(prefix: Uint8Array): KeyRange {
  const to = new Uint8Array(prefix)
  to[to.length - 1]++
  return { from: prefix, to }
}

function named(name: string): Uint8Array {
  assert(
    name.length > 0 && name.length <= 1024 && !name.includes('\0'),
    'a stored name has 1 to 1024 characters, no NUL',
  )
  return encodeUtf8(`${name}\0`)
}

function u64(value: number): Uint8Array {
  assert(Number.isSafeInteger(value) && value >= 0, 'a stored number is a natural number')
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32BE(Math.floor(value / 2 ** 32), 0)
  bytes.writeUInt32BE(value % 2 ** 32, 4)
  return bytes
}

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function readU64(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4)
}
