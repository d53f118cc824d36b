import { INT8, type RowType } from '../../types/sql-type.ts'
import { type EventGenerator, everyEvent, numberColumn } from './event-generator.ts'

/** COUNTER: 1, 2, 3 … */
export class CounterGenerator implements EventGenerator {
  static readonly rowType: RowType = [{ name: 'counter', type: INT8, nullable: false }]
  readonly rowType = CounterGenerator.rowType
  readonly upsertKey = null
  readonly count = null

  generate(from: number, to: number) {
    const n = to - from
    return { n, cols: [numberColumn(n, (i) => from + i + 1)], offsets: everyEvent(from, to) }
  }
}
