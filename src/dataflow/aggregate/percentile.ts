import { SqlError } from '../../base/sql-error.ts'
import { addIntervals, scaleInterval, subIntervals } from '../../functions/scalar/interval-math.ts'
import type { Arrangement, KeyedTable, SortColumn, StateFactory, StateStructure } from '../../state/contract.ts'
import { mapItems } from '../../types/array-value.ts'
import type { Column } from '../../types/column.ts'
import { columnBuilder } from '../../types/column-build.ts'
import { datumAt } from '../../types/column-read.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum, Interval } from '../../types/value.ts'
import { consolidateLong } from '../consolidate.ts'
import type { RowErrors } from '../contract.ts'
import { firstColumns, withoutNullKeys } from '../keys.ts'
import type { Accumulator, AccumulatorInput } from './accumulator.ts'
import { type DirectArgument, DirectValues } from './direct.ts'

export interface PercentileSpec {
  readonly stateId: string
  readonly keyTypes: readonly SqlType[]
  /** Between two values where the fraction falls there. */
  readonly continuous: boolean
  /** The fraction, or an array of fractions. */
  readonly direct: readonly DirectArgument[]
  readonly argTypes: readonly SqlType[]
  readonly valueType: SqlType
  readonly order: SortColumn
  readonly type: SqlType
}

/**
 * percentile_cont and percentile_disc: the group's values in order, found by their place. State: each distinct value of
 * each group, with its count. Cost per changed row, and of each fraction of a touched group: O(log n). Retraction: counts.
 */
export class PercentileAccumulator implements Accumulator {
  readonly columns: Accumulator['columns']
  private readonly spec: PercentileSpec
  private readonly direct: DirectValues
  private readonly values: Arrangement
  private readonly found = new Int32Array(1)

  constructor(spec: PercentileSpec, states: StateFactory) {
    this.spec = spec
    this.direct = new DirectValues(spec.direct, spec.argTypes)
    this.columns = this.direct.columns
    const keys = spec.keyTypes.length
    this.values = states.arrangement({
      id: spec.stateId,
      types: [...spec.keyTypes, spec.valueType],
      key: firstColumns(keys),
      order: [{ ...spec.order, column: keys }],
      copies: true,
    })
  }
  bind(table: KeyedTable, first: number): void {
    this.direct.bind(table, first)
  }
  update(input: AccumulatorInput): void {
    this.direct.update(input)
    const { n, diffs, keys, order } = input
    const present = withoutNullKeys({ n, diffs, cols: [...keys, order[0]] }, [keys.length])
    if (present.n > 0) this.values.apply(consolidateLong(present))
  }
  isZero(): boolean {
    return true
  }
  results(slots: Int32Array, n: number, keys: readonly Column[], errors: RowErrors): Column {
    const out = columnBuilder(this.spec.type, n)
    for (let i = 0; i < n; i++) {
      try {
        out.append(this.resultOf(this.direct.of(0, slots[i]), keys, i))
      } catch (e) {
        if (!(e instanceof SqlError)) throw e
        errors.add(i, e.sqlstate, e.message, -1)
        out.appendNull()
      }
    }
    return out.finish()
  }
  private resultOf(fraction: Datum, keys: readonly Column[], group: number): Datum {
    if (fraction === null) return null
    const count = this.values.copies(keys, group)
    const at = (f: Datum): Datum => {
      if (f === null) return null
      checkFraction(f as number)
      return count === 0 ? null : this.valueAt(f as number, count, keys, group)
    }
    if (typeof fraction !== 'object') return at(fraction)
    return count === 0 ? null : mapItems(fraction, at)
  }
  private valueAt(fraction: number, count: number, keys: readonly Column[], group: number): Datum {
    if (!this.spec.continuous) return this.place(Math.max(0, Math.ceil(fraction * count) - 1), keys, group)
    const exact = fraction * (count - 1)
    const low = Math.floor(exact)
    const first = this.place(low, keys, group)
    if (Math.ceil(exact) === low) return first
    const second = this.place(low + 1, keys, group)
    if (typeof first === 'number') return first + (exact - low) * ((second as number) - first)
    const step = subIntervals(second as Interval, first as Interval)
    return addIntervals(scaleInterval(step, exact - low), first as Interval)
  }
  private place(place: number, keys: readonly Column[], group: number): Datum {
    this.found[0] = this.values.atCopy(keys, group, place)
    const [column] = this.values.gather([this.spec.keyTypes.length], this.found, 1)
    return datumAt(column, 0, this.spec.valueType)
  }
  state(): readonly StateStructure[] {
    return [this.values]
  }
}

function checkFraction(fraction: number): void {
  if (fraction >= 0 && fraction <= 1) return
  throw new SqlError('22003', `percentile value ${shortest(fraction)} is not between 0 and 1`)
}

/** C's %g. */
function shortest(x: number): string {
  if (Number.isNaN(x)) return 'NaN'
  if (!Number.isFinite(x)) return x > 0 ? 'Infinity' : '-Infinity'
  const [digits, exponent] = x.toExponential(5).split('e')
  const power = Number(exponent)
  const strip = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)
  if (power >= -4 && power < 6) return strip(x.toFixed(5 - power))
  return `${strip(digits)}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}
