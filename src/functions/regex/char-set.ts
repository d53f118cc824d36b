/** Sets of code points: bounds of their ranges, ascending and apart: [first, last, first, last, …]. */
export type CharSet = readonly number[]

export const CODE_POINT_MAX = 0x10ffff
export const EVERYTHING: CharSet = [0, CODE_POINT_MAX]

export const single = (code: number): CharSet => [code, code]

/** Ranges in any order, overlapping or not, as a set. */
export function normalized(ranges: readonly number[]): CharSet {
  const order: number[] = []
  for (let i = 0; i < ranges.length; i += 2) order.push(i)
  order.sort((a, b) => ranges[a] - ranges[b])
  const out: number[] = []
  for (const i of order) {
    const last = out.length - 1
    if (last > 0 && ranges[i] <= out[last] + 1) out[last] = Math.max(out[last], ranges[i + 1])
    else out.push(ranges[i], ranges[i + 1])
  }
  return out
}

export function complement(set: CharSet): CharSet {
  const out: number[] = []
  let next = 0
  for (let i = 0; i < set.length; i += 2) {
    if (set[i] > next) out.push(next, set[i] - 1)
    next = set[i + 1] + 1
  }
  if (next <= CODE_POINT_MAX) out.push(next, CODE_POINT_MAX)
  return out
}

export const without = (set: CharSet, code: number): CharSet => complement(normalized([...complement(set), code, code]))

/** The lower and upper case of a code point, itself where that takes more than one. */
function folded(code: number, change: (text: string) => string): number {
  const text = change(String.fromCodePoint(code))
  const first = text.codePointAt(0)!
  return text.length === (first > 0xffff ? 2 : 1) ? first : code
}

export const lowerOf = (code: number): number => folded(code, (text) => text.toLowerCase())
const upperOf = (code: number): number => folded(code, (text) => text.toUpperCase())

/** The last code point that has a case. */
const CASED_LAST = 0x1e943

let cased: number[] | undefined

/** Every code point that is not its own lower and upper case. */
function casedCodes(): number[] {
  if (cased !== undefined) return cased
  cased = []
  for (let code = 0x80; code <= CASED_LAST; code++) {
    if (code === 0xd800) code = 0xe000
    if (lowerOf(code) !== code || upperOf(code) !== code) cased.push(code)
  }
  return cased
}

/** The set with the lower and upper case of what it has. */
export function anyCase(set: CharSet): CharSet {
  const out = [...set]
  for (let i = 0; i < set.length; i += 2) {
    const [first, last] = [set[i], set[i + 1]]
    const add = (code: number) => {
      const [lower, upper] = [lowerOf(code), upperOf(code)]
      if (lower !== code) out.push(lower, lower)
      if (upper !== code) out.push(upper, upper)
    }
    if (last - first < 256) for (let code = first; code <= last; code++) add(code)
    else {
      for (let code = first; code < 0x80; code++) add(code)
      for (const code of casedCodes()) if (code >= first && code <= last) add(code)
    }
  }
  return normalized(out)
}
