import { closingQuote, sourceOf, space, valueEnd } from './json-text.ts'

/**
 * Finds members of a JSON object by name without reading its values: pairs of (start, end) offsets by name, -1 where a name
 * does not occur; the last of several wins. False when the bytes are no object as plain as this needs (escaped names that
 * could be one of ours are none); the exact parser then says what is wrong.
 */
export type FindMembers = (bytes: Uint8Array, start: number, end: number, into: Int32Array) => boolean

export function memberFinder(names: readonly string[]): FindMembers {
  const keys = names.map((name) => new Uint8Array(Buffer.from(name, 'utf8')))
  const longest = Math.max(0, ...keys.map((key) => key.length))
  const byLength = Array.from({ length: longest + 1 }, (_, length) =>
    keys.flatMap((key, k) => (key.length === length ? [k] : [])),
  )
  return (given, start, end, into) => {
    into.fill(-1)
    const { bytes, words } = sourceOf(given)
    let at = space(bytes, start, end)
    if (at >= end || bytes[at] !== 123) return false
    at = space(bytes, at + 1, end)
    if (at < end && bytes[at] === 125) return space(bytes, at + 1, end) === end
    for (;;) {
      if (at >= end || bytes[at] !== 34) return false
      const name = at + 1
      const quote = closingQuote(words, bytes, name, end, false)
      if (quote < 0) return false
      at = space(bytes, quote + 1, end)
      if (at >= end || bytes[at] !== 58) return false
      at = space(bytes, at + 1, end)
      const stop = valueEnd(words, bytes, at, end, true, 0)
      if (stop < 0) return false
      if (quote - name < byLength.length) {
        for (const k of byLength[quote - name]) {
          if (!isAt(keys[k], bytes, name)) continue
          into[2 * k] = at
          into[2 * k + 1] = stop
        }
      }
      at = space(bytes, stop, end)
      if (at >= end) return false
      if (bytes[at] === 125) return space(bytes, at + 1, end) === end
      if (bytes[at] !== 44) return false
      at = space(bytes, at + 1, end)
    }
  }
}

/** The name has the length of the key. */
function isAt(key: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < key.length; i++) if (key[i] !== bytes[start + i]) return false
  return true
}
