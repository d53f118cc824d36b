import type { Arrangement } from '../state/contract.ts'
import type { Batch } from '../types/batch.ts'
import { concatBatches } from '../types/batch-build.ts'
import type { Column } from '../types/column.ts'
import { takeRows } from '../types/column-shape.ts'
import { equalRows } from '../types/hash.ts'
import { pick } from './keys.ts'
import { groupRows } from './row-hash.ts'

/** The keys of an arrangement that is not empty, each once. Cost: all rows. */
export function partitionKeys(rows: Arrangement): { readonly keys: readonly Column[]; readonly n: number } {
  const firsts: Batch[] = []
  for (const batch of rows.scan()) firsts.push(distinct(pick(batch.cols, rows.key), batch.n))
  const all = concatBatches(firsts)
  const { cols, n } = distinct(all.cols, all.n)
  return { keys: cols, n }
}

function distinct(keys: readonly Column[], n: number): Batch {
  const group = new Int32Array(n)
  const first = new Int32Array(n)
  const groups = groupRows(keys, n, group, first, equalRows)
  const cols = keys.map((column) => takeRows(column, first, groups))
  return { n: groups, diffs: new Int32Array(groups).fill(1), cols }
}
