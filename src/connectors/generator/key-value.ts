import { KEY_VALUE_KEY, KEY_VALUE_TYPE } from '../../catalog/generator-relations.ts'
import { AnyBuilder } from '../../types/column-build.ts'
import { type EventGenerator, everyEvent, numberColumn } from './event-generator.ts'
import { EventRandom } from './random.ts'

export interface KeyValueOptions {
  readonly keys: number
  readonly partitions: number
  /** Every key is written this often before random updates begin. */
  readonly snapshotRounds: number
  readonly valueBytes: number
  readonly seed: number
}

/** KEY VALUE: upserts of random values; all keys in turn for the snapshot rounds, then keys at random. */
export class KeyValueGenerator implements EventGenerator {
  readonly rowType = KEY_VALUE_TYPE
  readonly upsertKey = KEY_VALUE_KEY
  readonly count = null
  private readonly options: KeyValueOptions
  private readonly random: EventRandom

  constructor(options: KeyValueOptions) {
    this.options = options
    this.random = new EventRandom(options.seed)
  }

  generate(from: number, to: number, columns: ReadonlySet<number> | null) {
    const n = to - from
    const keys = new Float64Array(n)
    const values = new AnyBuilder()
    const withValues = columns === null || columns.has(2)
    for (let i = 0; i < n; i++) {
      this.random.at(from + i)
      keys[i] = this.keyOf(from + i)
      if (withValues) values.append(this.valueOf())
    }
    const { partitions } = this.options
    const cols = [
      { kind: 'f64' as const, data: keys, nulls: null },
      numberColumn(n, (i) => keys[i] % partitions),
      withValues ? values.finish() : undefined,
      numberColumn(n, (i) => from + i),
    ]
    return { n, cols, offsets: everyEvent(from, to) }
  }

  private keyOf(event: number): number {
    const { keys, snapshotRounds } = this.options
    return event < keys * snapshotRounds ? event % keys : this.random.below(0, keys)
  }

  private valueOf(): Uint8Array {
    const value = new Uint8Array(this.options.valueBytes)
    for (let i = 0; i < value.length; i += 4) {
      const bits = this.random.bits(1 + i)
      for (let k = 0; k < 4 && i + k < value.length; k++) value[i + k] = (bits >>> (8 * k)) & 0xff
    }
    return value
  }
}
