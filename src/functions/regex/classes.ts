import { type CharSet, normalized } from './char-set.ts'

/**
 * The named classes of characters, as PostgreSQL has them in a UTF-8 database on Linux: digits and blanks are ASCII's,
 * letters, spaces and signs Unicode's, and what is a digit elsewhere counts as a letter.
 */
const PROPERTIES = {
  alnum: /[\p{Alphabetic}\p{Nd}]+/gu,
  alpha: /(?:(?![0-9])[\p{Alphabetic}\p{Nd}])+/gu,
  ascii: /[\0-\x7f]+/gu,
  blank: /[\t ]+/gu,
  cntrl: /\p{Cc}+/gu,
  digit: /[0-9]+/gu,
  graph: /(?:[^\s\p{Cc}\p{Cn}]|[\u00a0\u2007\u202f\ufeff])+/gu,
  lower: /[\p{Lowercase}\u01c5\u01c8\u01cb\u01f2]+/gu,
  print: /[^\p{Cc}\p{Cn}\u2028\u2029]+/gu,
  punct: /(?:[^\s\p{Cc}\p{Cn}\p{Alphabetic}\p{Nd}]|[\u00a0\u2007\u202f\ufeff])+/gu,
  space: /(?:(?![\u00a0\u2007\u202f\ufeff])\s)+/gu,
  upper: /[\p{Uppercase}\p{Lt}]+/gu,
  word: /[\p{Alphabetic}\p{Nd}_]+/gu,
  xdigit: /[0-9A-Fa-f]+/gu,
} satisfies Record<string, RegExp>

export type ClassName = keyof typeof PROPERTIES

export const isClassName = (name: string): name is ClassName => Object.hasOwn(PROPERTIES, name)

const known = new Map<string, CharSet>()

/** Found out when somebody first uses the class. */
export function classOf(name: ClassName): CharSet {
  let set = known.get(name)
  if (set === undefined) {
    set = scan(PROPERTIES[name])
    known.set(name, set)
  }
  return set
}

const PIECE = 0x1000
/** Pieces of the code points that are assigned: all others belong to no class. */
const ASSIGNED = [
  [0, 0x33],
  [0xe0, 0xe0],
  [0xf0, 0x10f],
]

/** Runs of characters with the property in texts of all code points: ten times as fast as asking for each. */
function scan(property: RegExp): CharSet {
  const ranges: number[] = []
  for (const [first, last] of ASSIGNED) {
    for (let piece = first; piece <= last; piece++) {
      const base = piece * PIECE
      const text = pieceText(base)
      const units = base > 0xffff ? 2 : 1
      for (const run of text.matchAll(property)) {
        const from = base + run.index / units
        ranges.push(from, from + run[0].length / units - 1)
      }
    }
  }
  return normalized(ranges)
}

/** Up to 4,096 code points: no halves of surrogate pairs (d800 to dfff), which no text has. */
function pieceText(base: number): string {
  const length = base === 0xd000 ? 0x800 : PIECE
  return String.fromCodePoint(...Array.from({ length }, (_, i) => base + i))
}
