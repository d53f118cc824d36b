/**
 * Where JSON values end, found in bytes four at a time. -1 says "not as plain as this": the caller takes another path,
 * so nothing here may accept what the exact parser refuses.
 */

/** The bytes of one buffer and its words. */
export interface Source {
  /** Never a Buffer, whose `subarray` is dear and whose type would make every reader look twice. */
  readonly bytes: Uint8Array
  readonly words: DataView
}

let viewed: Uint8Array | null = null
let source: Source = { bytes: new Uint8Array(0), words: new DataView(new ArrayBuffer(0)) }

/** Records of one buffer come in a row, so the last source is the wanted one. */
export function sourceOf(bytes: Uint8Array): Source {
  if (bytes !== viewed) {
    viewed = bytes
    const { buffer, byteOffset, byteLength } = bytes
    source = {
      bytes: new Uint8Array(buffer, byteOffset, byteLength),
      words: new DataView(buffer, byteOffset, byteLength),
    }
  }
  return source
}

const HIGH_BITS = 0x80808080 | 0

export function space(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = bytes[at]
    if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) break
    at++
  }
  return at
}

/**
 * The closing quote of the string whose text begins at `at`; -1 where it holds control characters, bad UTF-8 or (unless
 * `escapes` lets them pass unread) escapes.
 */
export function closingQuote(words: DataView, bytes: Uint8Array, at: number, end: number, escapes: boolean): number {
  const last = end - 4
  while (at < end) {
    if (at <= last) {
      const word = words.getInt32(at, true)
      // The high bit of a byte in these differences: it is below a blank, a quote, a backslash. A borrow can only spoil
      // bytes above a true hit, and the lowest hit is the one that counts.
      const hits =
        (word | (word - 0x20202020) | ((word ^ 0x22222222) - 0x01010101) | ((word ^ 0x5c5c5c5c) - 0x01010101)) &
        HIGH_BITS
      if (hits === 0) {
        at += 4
        continue
      }
      at += (31 - Math.clz32(hits & -hits)) >> 3
    }
    const byte = bytes[at]
    if (byte === 34) return at
    if (byte < 32) return -1
    if (byte === 92) {
      if (!escapes) return -1
      at += 2
    } else if (byte < 128) at++
    else {
      const length = sequenceLength(bytes, at, end)
      if (length === 0) return -1
      at += length
    }
  }
  return -1
}

/** Bytes of the UTF-8 sequence at `at`, 0 when it is none: no overlong form, no surrogate, nothing above U+10FFFF. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at]
  if (lead < 0xc2 || lead > 0xf4) return 0
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  if (at + length > end) return 0
  const second = bytes[at + 1]
  const from = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const to = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (second < from || second > to) return 0
  for (let i = 2; i < length; i++) if ((bytes[at + i] & 0xc0) !== 0x80) return 0
  return length
}

const DEPTH_MAX = 32

/** Behind the value at `at`, nested ones too. */
export function valueEnd(
  words: DataView,
  bytes: Uint8Array,
  at: number,
  end: number,
  escapes: boolean,
  depth: number,
): number {
  const byte = bytes[at]
  if (byte === 34) return closingQuote(words, bytes, at + 1, end, escapes) + 1 || -1
  if (byte === 123 || byte === 91) {
    return depth === DEPTH_MAX ? -1 : nestedEnd(words, bytes, at, end, escapes, depth + 1)
  }
  if (byte === 110) return at + 4 <= end && words.getInt32(at, true) === NULL ? at + 4 : -1
  if (byte === 116) return at + 4 <= end && words.getInt32(at, true) === TRUE ? at + 4 : -1
  if (byte === 102) return at + 5 <= end && words.getInt32(at + 1, true) === ALSE ? at + 5 : -1
  return numberEnd(bytes, at, end)
}

/** The words "null", "true" and the rest of "false". */
export const NULL = 0x6c6c756e
export const TRUE = 0x65757274
export const ALSE = 0x65736c61

function nestedEnd(
  words: DataView,
  bytes: Uint8Array,
  at: number,
  end: number,
  escapes: boolean,
  depth: number,
): number {
  const keyed = bytes[at] === 123
  const close = keyed ? 125 : 93
  at = space(bytes, at + 1, end)
  if (at < end && bytes[at] === close) return at + 1
  for (;;) {
    if (keyed) {
      if (at >= end || bytes[at] !== 34) return -1
      at = closingQuote(words, bytes, at + 1, end, escapes) + 1
      if (at === 0) return -1
      at = space(bytes, at, end)
      if (at >= end || bytes[at] !== 58) return -1
      at = space(bytes, at + 1, end)
    }
    at = valueEnd(words, bytes, at, end, escapes, depth)
    if (at < 0) return -1
    at = space(bytes, at, end)
    if (at >= end) return -1
    if (bytes[at] === close) return at + 1
    if (bytes[at] !== 44) return -1
    at = space(bytes, at + 1, end)
  }
}

/** Behind a number in the grammar of JSON that a comma, a bracket or white space follows. */
export function numberEnd(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] === 45) at++
  const first = at
  at = digitsEnd(bytes, at, end)
  if (at === first || (at > first + 1 && bytes[first] === 48)) return -1
  if (bytes[at] === 46) {
    const point = at + 1
    at = digitsEnd(bytes, point, end)
    if (at === point) return -1
  }
  if (bytes[at] === 101 || bytes[at] === 69) {
    at++
    if (bytes[at] === 43 || bytes[at] === 45) at++
    const exponent = at
    at = digitsEnd(bytes, at, end)
    if (at === exponent) return -1
  }
  return at < end && isDelimiter(bytes[at]) ? at : -1
}

function digitsEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] >= 48 && bytes[at] <= 57) at++
  return at
}

/** What may stand behind a value: , } ] and white space. */
export function isDelimiter(byte: number): boolean {
  return byte === 44 || byte === 125 || byte === 93 || byte === 32 || byte === 10 || byte === 13 || byte === 9
}
