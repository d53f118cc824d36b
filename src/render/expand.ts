import { SqlError } from '../base/sql-error.ts'
import type { ExpandProgram, Expansion } from '../dataflow/operators/flat-map.ts'
import type { TableFunction } from '../functions/table-function.ts'
import type { PhysicalNode, PhysicalOp } from '../plan/physical.ts'
import { BATCH_ROWS_MAX } from '../types/batch.ts'
import { columnBuilder } from '../types/column-build.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { Datum } from '../types/value.ts'
import { compileRow } from './closure.ts'
import { type CompileContext, makeFrame } from './compile-context.ts'
import { constantExpansion } from './constant-expand.ts'
import { tableRow } from './function-rows.ts'

type FlatMapOp = Extract<PhysicalOp, { op: 'flatMap' }>

/** Most rows that one call of a table function may make: beyond, the input row is an error (54000). */
const MADE_ROWS_MAX = 10_000_000

const tooMany = (position?: number): SqlError =>
  new SqlError('54000', 'table function returns too many rows', { position })

/**
 * A table function over the rows of a batch; `made`: types of the columns that it adds (ordinality last); `position`:
 * where errors of the function itself are reported. What one call makes goes on in parts, as it is made, where the call
 * cannot fail any more; else it is kept until the call is through.
 */
export function expandProgram(
  node: FlatMapOp,
  made: readonly SqlType[],
  position: number,
  ctx: CompileContext,
): ExpandProgram {
  const constant = constantExpansion(node, made, ctx)
  if (constant !== null) return constant
  const fn = tableRow(node.fn)
  const args = node.args.map((arg) => compileRow(arg, ctx))
  const argTypes = node.args.map((arg) => arg.type)
  const frame = makeFrame(ctx.env)
  return function* (cols, n, errors, tick) {
    const part = new PartBuilder(made, node.withOrdinality)
    frame.at(tick)
    for (let row = 0; row < n; row++) {
      let kept: Expansion[] | null = null
      let before = part.n
      try {
        const values = args.map((arg) => arg(cols, row, frame))
        frame.position = position
        let ordinal = 0
        if (!(fn.strict && values.includes(null))) {
          if (!sizeKnown(fn, values)) kept = []
          for (const made of fn.eval(values, frame.env, argTypes)) {
            if (++ordinal > MADE_ROWS_MAX) throw tooMany()
            part.add(row, made, ordinal)
            if (part.n < BATCH_ROWS_MAX) continue
            if (kept === null) yield part.finish()
            else {
              kept.push(part.finish())
              yield null
            }
          }
        }
        if (ordinal === 0 && node.outer) part.addNone(row)
      } catch (error) {
        if (!(error instanceof SqlError)) throw error
        if (kept !== null && kept.length > 0) {
          // What the rows before it made.
          const [first] = kept
          kept = before > 0 ? [{ ...first, n: before }] : []
          before = 0
        }
        part.truncate(before)
        errors.add(row, error.sqlstate, frame.told(error), frame.position)
      }
      if (kept !== null) yield* kept
      if (part.n >= BATCH_ROWS_MAX) yield part.finish()
    }
    if (part.n > 0) yield part.finish()
  }
}

/** True: the call gives so many rows, and does not fail in between. */
function sizeKnown(fn: TableFunction, values: readonly Datum[]): boolean {
  const size = fn.size?.(values) ?? null
  if (size !== null && size > MADE_ROWS_MAX) throw tooMany()
  return size !== null
}

/** Up to BATCH_ROWS_MAX made rows. */
class PartBuilder {
  n = 0
  readonly #width: number
  readonly #ordinality: boolean
  readonly #from = new Int32Array(BATCH_ROWS_MAX)
  readonly #builders: ReturnType<typeof columnBuilder>[]

  constructor(types: readonly SqlType[], ordinality: boolean) {
    this.#ordinality = ordinality
    this.#width = types.length - (ordinality ? 1 : 0)
    this.#builders = types.map((type) => columnBuilder(type))
  }
  add(from: number, row: readonly Datum[], ordinal: number): void {
    this.#from[this.n++] = from
    for (let c = 0; c < this.#width; c++) this.#builders[c].append(row[c])
    if (this.#ordinality) this.#builders[this.#width].append(ordinal)
  }
  addNone(from: number): void {
    this.#from[this.n++] = from
    for (const builder of this.#builders) builder.append(null)
  }
  truncate(n: number): void {
    this.n = n
    for (const builder of this.#builders) builder.truncate(n)
  }
  finish(): Expansion {
    const from = this.#from.slice(0, this.n)
    const part = { n: this.n, from, cols: this.#builders.map((builder) => builder.finish()) }
    this.n = 0
    return part
  }
}

/**
 * Refuses a plan with a call of constants that is known to make too many rows, whatever else it reads: every row that it
 * would be called for were an error.
 */
export function checkConstantCalls(nodes: readonly PhysicalNode[]): void {
  for (const node of nodes) {
    if (node.op === 'scope') checkConstantCalls(node.body)
    if (node.op !== 'flatMap') continue
    const values = node.args.flatMap((arg) => (arg.kind === 'const' ? [arg.value] : []))
    if (values.length < node.args.length || values.includes(null)) continue
    const size = tableRow(node.fn).size?.(values) ?? null
    if (size !== null && size > MADE_ROWS_MAX) throw tooMany(node.position + 1)
  }
}
