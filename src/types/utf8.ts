/** UTF-8 to and from JS strings. Most text is short ASCII, for which plain loops beat the calls into C++. */
const SHORT = 24

/** Decodes bytes[start, end). */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start
  if (length === 0) return ''
  if (length <= SHORT) {
    let text = ''
    let i = start
    for (; i < end; i++) {
      const byte = bytes[i]
      if (byte >= 0x80) break
      text += String.fromCharCode(byte)
    }
    if (i === end) return text
  }
  return asBuffer(bytes).toString('utf8', start, end)
}

/** Writes `text` at `at` (room for 3 bytes per UTF-16 unit must be there) and returns the end offset. */
export function encodeUtf8Into(text: string, bytes: Uint8Array, at: number): number {
  const length = text.length
  if (length <= SHORT) {
    let i = 0
    for (; i < length; i++) {
      const unit = text.charCodeAt(i)
      if (unit >= 0x80) break
      bytes[at + i] = unit
    }
    if (i === length) return at + length
  }
  return at + asBuffer(bytes).write(text, at, 'utf8')
}

export function encodeUtf8(text: string): Uint8Array {
  return Buffer.from(text, 'utf8')
}

/** Byte length of the text in UTF-8. */
export function utf8Length(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}

/** Order of the UTF-8 bytes (collation C) without encoding: code units, except that surrogates sort above U+E000-FFFF. */
export function compareUtf8(a: string, b: string): number {
  if (a === b) return 0
  const n = Math.min(a.length, b.length)
  for (let i = 0; i < n; i++) {
    let x = a.charCodeAt(i)
    let y = b.charCodeAt(i)
    if (x === y) continue
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000
    }
    return x < y ? -1 : 1
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1
}

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
