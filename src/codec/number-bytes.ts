import { assert } from '../base/assert.ts'
import type { ByteReader, ByteWriter } from './byte-writer.ts'

/**
 * Numbers in as few bytes as they need: integers as their distance from the smallest in 0, 1, 2 or 4 bytes, anything
 * else as raw doubles. [form, n, base, aligned array].
 */
const RAW = 8

export function writeNumbers(writer: ByteWriter, data: ArrayLike<number> & ArrayBufferView, n: number): void {
  let low = Infinity
  let high = -Infinity
  let integers = true
  for (let i = 0; i < n; i++) {
    const value = data[i]
    // Also false for NaN, the infinities and -0.
    if (!Number.isSafeInteger(value) || (value === 0 && 1 / value < 0)) {
      integers = false
      break
    }
    if (value < low) low = value
    if (value > high) high = value
  }
  const width = !integers ? RAW : widthOf(n === 0 ? 0 : high - low)
  writer.byte(width)
  writer.varint(n)
  if (width === RAW) {
    writer.array(data instanceof Float64Array ? data.subarray(0, n) : Float64Array.from(data).subarray(0, n))
    return
  }
  const base = n === 0 ? 0 : low
  writer.f64(base)
  if (width === 0) return
  const out = width === 1 ? new Uint8Array(n) : width === 2 ? new Uint16Array(n) : new Uint32Array(n)
  for (let i = 0; i < n; i++) out[i] = data[i] - base
  writer.array(out)
}

function widthOf(range: number): number {
  if (range === 0) return 0
  if (range < 0x100) return 1
  if (range < 0x10000) return 2
  return range <= 0xffffffff ? 4 : RAW
}

export function readNumbers(reader: ByteReader): Float64Array {
  const width = reader.byte()
  const n = reader.varint()
  if (width === RAW) return new Float64Array(reader.bytes.buffer, reader.array(n * 8), n)
  const base = reader.f64()
  const data = new Float64Array(n)
  if (width === 0) return data.fill(base)
  assert(width === 1 || width === 2 || width === 4, 'numbers are 0, 1, 2, 4 or 8 bytes wide')
  const { buffer } = reader.bytes
  const at = reader.array(n * width)
  // A loop for each kind of array: one for all three is several times slower.
  if (width === 1) {
    const from = new Uint8Array(buffer, at, n)
    for (let i = 0; i < n; i++) data[i] = from[i] + base
  } else if (width === 2) {
    const from = new Uint16Array(buffer, at, n)
    for (let i = 0; i < n; i++) data[i] = from[i] + base
  } else {
    const from = new Uint32Array(buffer, at, n)
    for (let i = 0; i < n; i++) data[i] = from[i] + base
  }
  return data
}
