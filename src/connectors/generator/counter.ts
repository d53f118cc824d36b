import { COUNTER_TYPE } from '../../catalog/generator-relations.ts'
import { type EventGenerator, everyEvent, numberColumn } from './event-generator.ts'

/** COUNTER: 1, 2, 3 … */
export class CounterGenerator implements EventGenerator {
  readonly rowType = COUNTER_TYPE
  readonly upsertKey = null
  readonly count = null

  generate(from: number, to: number) {
    const n = to - from
    return { n, cols: [numberColumn(n, (i) => from + i + 1)], offsets: everyEvent(from, to) }
  }
}
