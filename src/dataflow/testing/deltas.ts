import type { Batch } from '../../types/batch.ts'
import { batchFromRows, rowsOf } from '../../types/batch-build.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { formatText, parseText } from '../../types/text.ts'
import type { Datum } from '../../types/value.ts'
import { Circuit } from '../circuit.ts'
import { consolidate } from '../consolidate.ts'
import { CLOCK, ERROR_TYPES, type TickContext } from '../contract.ts'
import type { Fanout, Pipe } from '../edge.ts'
import { InputNode } from '../input.ts'
import type { OperatorBase } from '../operator.ts'

/**
 * Deltas as text: one row a line, sign, count when it is not 1, cells between blanks, `null` for NULL.
 *   + 1 a
 *   -2 1 null
 */
export function parseDelta(text: string, types: readonly SqlType[]): Batch {
  const rows: Datum[][] = []
  const diffs: number[] = []
  for (const line of text.split('\n').map((part) => part.trim())) {
    if (line === '') continue
    const [sign, ...cells] = line.split(/\s+/)
    diffs.push(sign.length === 1 ? Number(`${sign}1`) : Number(sign))
    rows.push(types.map((type, c) => (cells[c] === 'null' ? null : parseText(cells[c], type))))
  }
  return batchFromRows(types, rows, diffs)
}

/** The consolidated delta, sorted by its text. */
export function formatDelta(batches: readonly Batch[], types: readonly SqlType[]): string[] {
  const lines: string[] = []
  for (const batch of consolidate(batches)) {
    for (const [i, row] of rowsOf(batch, types).entries()) {
      const diff = batch.diffs[i]
      const sign = `${diff > 0 ? '+' : '-'}${Math.abs(diff) === 1 ? '' : Math.abs(diff)}`
      lines.push([sign, ...row.map((cell, c) => (cell === null ? 'null' : formatText(cell, types[c])))].join(' '))
    }
  }
  return lines.sort()
}

/** One millisecond a tick. */
export function tickAt(tick: number): TickContext {
  const nowMicros = tick * 1000
  return { tick, timestampMs: tick, nowMicros, watermarks: new Map([[CLOCK, nowMicros]]), recursionRoundsMax: 100 }
}

/** A circuit around one operator (or a few): text in, text out. */
export class Bench {
  readonly circuit = new Circuit()
  readonly inputs: readonly InputNode[]
  private readonly output: Pipe
  private tick = 0

  constructor(
    types: readonly (readonly SqlType[])[],
    make: (inputs: readonly Fanout[], add: <T extends OperatorBase>(operator: T) => T) => OperatorBase,
  ) {
    this.inputs = types.map((row, id) => new InputNode({ id, position: -1 }, row))
    this.circuit.add(this.inputs)
    const add = <T extends OperatorBase>(operator: T): T => {
      this.circuit.add([operator])
      return operator
    }
    const last = make(
      this.inputs.map((input) => input.output),
      add,
    )
    this.output = last.output.pipe()
  }
  /** One tick; one delta per input. */
  step(...deltas: readonly string[]): string[] {
    return this.stepBoth(...deltas).rows
  }
  stepBoth(...deltas: readonly string[]): { rows: string[]; errors: string[] } {
    for (const [i, delta] of deltas.entries()) this.inputs[i].pushRows(parseDelta(delta, this.inputs[i].output.types))
    this.circuit.runTick(tickAt(++this.tick))
    const out = this.output.take()
    return { rows: formatDelta(out.rows, this.output.types), errors: formatDelta(out.errors, ERROR_TYPES) }
  }
}
