import { NEXMARK_TYPES } from '../../src/catalog/generator-relations.ts'
import { compileJsonDecoder, type JsonDecoder } from '../../src/codec/json-scan.ts'
import { BATCH_ROWS_MAX } from '../../src/types/batch.ts'
import { type ColumnBuilder, columnBuilder } from '../../src/types/column-build.ts'
import type { RowType } from '../../src/types/sql-type.ts'
import { type Consumed, QueryCircuit } from './circuit.ts'
import { type EventObject, type EventsOf, KINDS, mapKinds, type Records } from './data.ts'
import { DbIvmGraph } from './db-ivm.ts'
import type { QueryName } from './queries.ts'

/** JSON records through the scanner into columns, all columns of all three kinds, then the query. */
export class JsonToCircuit {
  readonly consumed: Consumed
  private readonly circuit: QueryCircuit
  private readonly ticks: readonly EventsOf<Records>[]
  private readonly decoders = mapKinds((kind) => new Decoder(NEXMARK_TYPES[kind]))

  constructor(query: QueryName, ticks: readonly EventsOf<Records>[]) {
    this.circuit = new QueryCircuit(query)
    this.consumed = this.circuit.consumed
    this.ticks = ticks
  }

  tick(at: number): void {
    for (const kind of KINDS) {
      const records = this.ticks[at][kind]
      for (let from = 0; from < records.n; from += BATCH_ROWS_MAX) {
        const batch = this.decoders[kind].decode(records, from, Math.min(records.n, from + BATCH_ROWS_MAX))
        if (this.circuit.reads.has(kind)) this.circuit.push(kind, batch)
      }
    }
    this.circuit.run()
  }
}

class Decoder {
  private readonly rowType: RowType
  private readonly scan: JsonDecoder
  private readonly builders: readonly ColumnBuilder[]

  constructor(rowType: RowType) {
    this.rowType = rowType
    this.scan = compileJsonDecoder(rowType)
    this.builders = rowType.map((field) => columnBuilder(field.type, BATCH_ROWS_MAX))
  }

  decode({ bytes, offsets }: Records, from: number, to: number) {
    for (let i = from; i < to; i++) {
      const reason = this.scan(bytes, offsets[i], offsets[i + 1], this.builders)
      if (reason !== undefined) throw new Error(`a record of ${this.rowType.length} fields is refused: ${reason}`)
    }
    const n = to - from
    return { n, diffs: new Int32Array(n).fill(1), cols: this.builders.map((builder) => builder.finish()) }
  }
}

/** The same records through JSON.parse into @tanstack/db-ivm. */
export class JsonToDbIvm {
  readonly consumed: Consumed
  private readonly graph: DbIvmGraph
  private readonly ticks: readonly EventsOf<Records>[]

  constructor(query: QueryName, ticks: readonly EventsOf<Records>[]) {
    this.graph = new DbIvmGraph(query)
    this.consumed = this.graph.consumed
    this.ticks = ticks
  }

  tick(at: number): void {
    for (const kind of KINDS) this.graph.push(kind, parsed(this.ticks[at][kind]))
    this.graph.run()
  }
}

function parsed({ bytes, offsets, n }: Records): [EventObject, number][] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const rows: [EventObject, number][] = []
  for (let i = 0; i < n; i++) {
    const row = JSON.parse(buffer.toString('latin1', offsets[i], offsets[i + 1])) as Record<string, string | number>
    row['date_time'] = Date.parse(`${row['date_time']}Z`)
    if (row['expires'] !== undefined) row['expires'] = Date.parse(`${row['expires']}Z`)
    rows.push([row, 1])
  }
  return rows
}
