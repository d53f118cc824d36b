import { compareFor } from '../../types/compare.ts'
import { trimBlanks } from '../../types/modifiers.ts'
import { TEXT } from '../../types/sql-type.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'

/** Texts in the order of their bytes, whatever the collation: what indexes for LIKE are made with. */
const compare = compareFor(TEXT)

const OPS = [
  ['lt', '~<~', (order: number) => order < 0],
  ['le', '~<=~', (order: number) => order <= 0],
  ['gt', '~>~', (order: number) => order > 0],
  ['ge', '~>=~', (order: number) => order >= 0],
] as const

export const patternOrderFunctions: readonly ScalarFunction[] = (['text', 'bpchar'] as const).flatMap((kind) =>
  OPS.map(([name, op, test]) => {
    const evaluate =
      kind === 'text'
        ? (a: string, b: string) => test(compare(a, b))
        : (a: string, b: string) => test(compare(trimBlanks(a), trimBlanks(b)))
    return def(`${kind}_pattern_${name}(${kind},${kind}) bool`, evaluate, {
      op,
      example: [`'a'::${kind} ${op} 'b'::${kind}`, test(-1) ? 't' : 'f'],
    })
  }),
)
