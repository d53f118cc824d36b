import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createState } from '../state/factory.ts'
import type { Batch } from '../types/batch.ts'
import { batchFromRows, rowAt } from '../types/batch-build.ts'
import { ERROR_TYPES } from './contract.ts'
import { ErrorsHandedOn } from './errors-handed-on.ts'

const changeOf = (which: number, diff: number): Batch =>
  batchFromRows(ERROR_TYPES, [['22012', 'division by zero', 'map', 1, `(${which})`]], [diff])

function add(counts: number[], batches: readonly Batch[]): number[] {
  for (const batch of batches)
    for (let i = 0; i < batch.n; i++) {
      const [, , , , row] = rowAt(batch, i, ERROR_TYPES)
      counts[Number((row as string).slice(1, -1))]! += batch.diffs[i]!
    }
  return counts
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ which: fc.nat(2), diff: fc.integer({ min: -2, max: 2 }), ends: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant('set aside' as const) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
)

it('changes and withdrawals sum up to what readers have, never less than none, through restarts', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(step, { maxLength: 40 }), (diverts, steps) => {
      const errors = createState().arrangement({ id: 'errors', types: ERROR_TYPES, key: [] })
      const counts = [0, 0, 0]
      let aside = [0, 0, 0]
      let handedOn = new ErrorsHandedOn(diverts)
      const readers = [0, 0, 0]
      const settle = () => {
        handedOn.settle()
        aside = aside.map((n, which) => Math.min(n, counts[which]!))
      }
      for (const each of steps) {
        if (each === 'set aside') {
          add(readers, handedOn.setAside(errors.scan()))
          aside = [...counts]
        } else if (each === 'restart') {
          settle()
          const image = handedOn.image()
          handedOn = new ErrorsHandedOn(diverts)
          handedOn.restore(image)
        } else {
          const diff = Math.max(each.diff, -counts[each.which]!)
          if (diff === 0) continue
          counts[each.which]! += diff
          const batch = changeOf(each.which, diff)
          errors.apply(batch)
          const theirs = handedOn.change(batch)
          if (theirs !== null) add(readers, [theirs])
          if (each.ends) settle()
        }
        const expected = counts.map((count, which) => (diverts ? 0 : Math.max(0, count - aside[which]!)))
        expect(readers).toEqual(expected)
        const filter = handedOn.now()
        expect(
          add(
            [0, 0, 0],
            [...errors.scan()].flatMap((batch) => filter(batch) ?? []),
          ),
        ).toEqual(expected)
      }
    }),
  )
})
