import { CHUNK_MASK, CHUNK_SHIFT, type KeyedTable } from '../../state/contract.ts'
import { datumAt } from '../../types/column-read.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import type { AccumulatorInput } from './accumulator.ts'

/** An argument of an ordered-set aggregate that is one value for its group: a constant, or an argument of every row. */
export type DirectArgument = { readonly value: Datum } | { readonly arg: number }

/** The direct arguments of all groups; those that rows bring are equal in all rows of a group. */
export class DirectValues {
  readonly columns: readonly 'any'[]
  private readonly direct: readonly DirectArgument[]
  private readonly argTypes: readonly SqlType[]
  private table!: KeyedTable
  private first = 0

  constructor(direct: readonly DirectArgument[], argTypes: readonly SqlType[]) {
    this.direct = direct
    this.argTypes = argTypes
    this.columns = argTypes.map(() => 'any')
  }
  bind(table: KeyedTable, first: number): void {
    this.table = table
    this.first = first
  }
  update({ n, slots, args }: AccumulatorInput): void {
    for (let a = 0; a < args.length; a++) {
      for (let i = 0; i < n; i++) {
        const chunk = this.table.chunkAny(this.first + a, slots[i] >> CHUNK_SHIFT)
        chunk[slots[i] & CHUNK_MASK] = datumAt(args[a], i, this.argTypes[a])
      }
    }
  }
  /** NULL too where the group has seen no row. */
  of(k: number, slot: number): Datum {
    const direct = this.direct[k]
    if ('value' in direct) return direct.value
    const chunk = this.table.chunkAny(this.first + direct.arg, slot >> CHUNK_SHIFT)
    return (chunk[slot & CHUNK_MASK] ?? null) as Datum
  }
}
