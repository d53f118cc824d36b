import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createState } from '../state/factory.ts'
import { INT4 } from '../types/sql-type.ts'
import { AsofJoinOperator } from './operators/asof-join.ts'
import { Release } from './release.ts'
import { Bench } from './testing/deltas.ts'
import { VersionRelease } from './version-release.ts'

// key, time, id
const ROW = [INT4, INT4, INT4]

function joined(compare: '>=' | '>') {
  let operator!: AsofJoinOperator
  const bench = new Bench([ROW, ROW], ([l, r], add) => {
    const side = (edge: typeof l) => ({ input: edge.pipe(), keys: [0], time: 1 })
    const spec = { id: 1, position: -1, stateId: 's', left: side(l), right: side(r), compare, outer: true }
    operator = add(new AsofJoinOperator(spec, createState()))
    return operator
  })
  return { bench, operator }
}

it('an ASOF join that is freed below the bounds of both times goes on as one that keeps everything', () => {
  fc.assert(
    fc.property(fc.gen(), (g) => {
      const compare = g(fc.constantFrom, '>=' as const, '>' as const)
      const [kept, freed] = [joined(compare), joined(compare)]
      let bound = 0
      const known: [string[], string[]] = [[], []]
      const left = new Release(freed.operator.lefts, [{ column: 1, bound: () => bound }], 'any')
      const right = new VersionRelease(freed.operator.rights, 1, () => bound)
      for (let tick = 0; tick < 12; tick++) {
        const deltas = known.map((rows) => {
          const lines: string[] = []
          const n = g(fc.nat, { max: 5 })
          for (let k = 0; k < n; k++) {
            // What lies below the bound is not touched any more.
            const open = rows.findIndex((row) => Number(row.split(' ')[1]) >= bound)
            if (open >= 0 && g(fc.boolean)) lines.push(`- ${rows.splice(open, 1)[0]}`)
            else {
              const row = `${g(fc.nat, { max: 1 })} ${bound + g(fc.nat, { max: 6 })} ${g(fc.nat, { max: 3 })}`
              rows.push(row)
              lines.push(`+ ${row}`)
            }
          }
          return lines.join('\n')
        })
        expect(freed.bench.step(...deltas)).toEqual(kept.bench.step(...deltas))
        bound += g(fc.nat, { max: 3 })
        left.sweep(new Map())
        right.sweep(new Map())
      }
    }),
    { numRuns: Number(process.env['MILLRACE_TEST_RUNS'] ?? 200) },
  )
})

it('keeps one version a key below the bound, and no left row', () => {
  const { bench, operator } = joined('>=')
  bench.step('+ 1 1 1\n+ 1 9 1', '+ 1 0 1\n+ 1 2 2\n+ 1 2 3\n+ 1 4 4\n+ 1 8 5\n+ 2 3 6')
  new Release(operator.lefts, [{ column: 1, bound: () => 7 }], 'any').sweep(new Map())
  new VersionRelease(operator.rights, 1, () => 7).sweep(new Map())
  expect(operator.lefts.rows).toBe(1)
  expect(operator.rights.rows).toBe(3)
})
