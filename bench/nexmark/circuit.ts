import { Circuit } from '../../src/dataflow/circuit.ts'
import type { Edge } from '../../src/dataflow/contract.ts'
import { InputNode } from '../../src/dataflow/input.ts'
import { renderCircuit } from '../../src/render/render.ts'
import { createState } from '../../src/state/factory.ts'
import type { Batch } from '../../src/types/batch.ts'
import { type EventsOf, KINDS, type Kind, mapKinds } from './data.ts'
import { CONTEXT, inputTypes, planView, sourceId } from './plan.ts'
import { QUERIES, type QueryName } from './queries.ts'

/** What a consumer saw: changes, and rows that stand in the end. */
export interface Consumed {
  changes: number
  rows: number
}

/** A query as SQL, planned and rendered as the server does it; its output is read and not stored. */
export class QueryCircuit {
  readonly consumed: Consumed = { changes: 0, rows: 0 }
  /** Kinds of events that the query reads. */
  readonly reads: ReadonlySet<Kind>
  private readonly circuit = new Circuit()
  private readonly inputs: EventsOf<InputNode>
  private readonly output: Edge
  private readonly states = createState()
  private tick = 0
  private read = 0

  constructor(query: QueryName) {
    const plan = planView(QUERIES[query])
    this.inputs = mapKinds((kind) => new InputNode({ id: sourceId(kind), position: -1 }, inputTypes(kind)))
    const inputs = new Map(KINDS.map((kind) => [sourceId(kind), this.inputs[kind]]))
    const resolve = (object: number) => inputs.get(object)!.output
    const build = renderCircuit({ plan, objectId: 1, states: this.states, context: CONTEXT, resolve })
    for (const get of build.gets) get.connect()
    this.circuit.add(inputs.values())
    this.circuit.adopt(build.circuit)
    this.output = build.edge(plan.root).pipe()
    this.reads = new Set(KINDS.filter((kind) => this.inputs[kind].output.consumers > 0))
  }

  push(kind: Kind, batch: Batch): void {
    this.inputs[kind].pushRows(batch)
  }

  run(): void {
    const tick = ++this.tick
    this.circuit.runTick({ tick, timestampMs: tick, nowMicros: tick * 1000, recursionRoundsMax: 100 })
    const { rows, errors } = this.output.take()
    if (errors.length > 0) throw new Error('a query of the benchmark raises no errors')
    for (const batch of rows) this.consume(batch)
  }

  bytes(): number {
    return this.states.bytes()
  }

  /** Every count and the first column of every row are read. */
  private consume({ n, diffs, cols }: Batch): void {
    const first = cols[0]
    const data = first.kind === 'f64' ? first.data : null
    let rows = 0
    let read = 0
    for (let i = 0; i < n; i++) {
      rows += diffs[i]
      if (data !== null) read += data[i]
    }
    this.consumed.changes += n
    this.consumed.rows += rows
    this.read += read
  }
}
