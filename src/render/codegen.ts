import { SqlError } from '../base/sql-error.ts'
import type { RowErrors, TickContext } from '../dataflow/contract.ts'
import { H, INLINE_BAIL } from '../functions/inline-helpers.ts'
import type { Scalar } from '../plan/scalar.ts'
import type { Column } from '../types/column.ts'
import { compileRow, type RowFn } from './closure.ts'
import { type CompileContext, type Frame, makeFrame } from './compile-context.ts'
import { LoopWriter } from './loop-writer.ts'

/**
 * Filter and number columns in one generated loop. Answers how many rows passed, their numbers in `rows`, and the
 * computed columns; or null when the batch holds what generated code cannot (values beyond 2^53): the reference
 * compiler takes the whole batch then.
 */
export type Loop = (
  cols: readonly Column[],
  n: number,
  rows: Int32Array,
  errors: RowErrors,
  tick: TickContext,
) => { readonly n: number; readonly cols: readonly Column[] } | null

/** What the generated text is called with. */
type Compiled = (
  cols: readonly Column[],
  n: number,
  rows: Int32Array,
  out: Float64Array[],
  marks: Uint8Array[],
  marked: boolean[],
  constants: readonly unknown[],
  closures: readonly RowFn[],
  frame: Frame,
  slow: (i: number, k: number) => number,
  helpers: typeof H,
  bail: typeof INLINE_BAIL,
) => number

/** By text: plans of one shape share their compiled loop, whatever their constants. */
const compiled = new Map<string, Compiled>()
const COMPILED_MAX = 4096

/** `all`: every expression of the projection in order, for the first error of a row; `exprs`: those computed here. */
export function generateLoop(
  filter: Scalar | null,
  exprs: readonly Scalar[],
  all: readonly Scalar[],
  ctx: CompileContext,
): Loop {
  const frame = makeFrame(ctx.env)
  const reference = {
    filter: filter === null ? null : compileRow(filter, ctx),
    all: all.map((e) => compileRow(e, ctx)),
  }
  const computed = exprs.map((expr) => all.indexOf(expr))
  const variants: (Variant | null)[] = [null, null]
  const outCount = exprs.length

  return (cols, n, rows, errors, tick) => {
    frame.at(tick)
    let variant = (variants[1] ??= write(filter, exprs, ctx, true))
    if (!variant.fits(cols)) return null
    if (!variant.hasNulls(cols)) variant = variants[0] ??= write(filter, exprs, ctx, false)
    const out: Float64Array[] = []
    const marks: Uint8Array[] = []
    const marked: boolean[] = []
    for (let e = 0; e < outCount; e++) {
      out.push(new Float64Array(n))
      marks.push(new Uint8Array(n))
      marked.push(false)
    }
    // A row that throws is done again by the reference: exact beyond 2^53, and with its first error.
    const slow = (i: number, k: number): number => {
      try {
        if (reference.filter !== null && reference.filter(cols, i, frame) !== true) return 0
        const values = reference.all.map((fn) => fn(cols, i, frame))
        for (let e = 0; e < outCount; e++) {
          const value = values[computed[e]]
          if (typeof value === 'bigint') return -1
          if (value === null) {
            marks[e][k] = 1
            marked[e] = true
          } else out[e][k] = Number(value)
        }
        return 1
      } catch (error) {
        if (!(error instanceof SqlError)) throw error
        errors.add(i, error.sqlstate, frame.told(error), frame.position)
        return 0
      }
    }
    const { constants, closures } = variant.writer
    const kept = variant.run(cols, n, rows, out, marks, marked, constants, closures, frame, slow, H, INLINE_BAIL)
    if (kept < 0) return null
    return {
      n: kept,
      cols: out.map((data, e) => ({ kind: 'f64', data, nulls: marked[e] ? marks[e] : null })),
    }
  }
}

interface Variant {
  readonly writer: LoopWriter
  readonly run: Compiled
  fits(cols: readonly Column[]): boolean
  hasNulls(cols: readonly Column[]): boolean
}

function write(filter: Scalar | null, exprs: readonly Scalar[], ctx: CompileContext, nullable: boolean): Variant {
  const writer = new LoopWriter(ctx, nullable)
  if (filter !== null) {
    const { value, missing } = writer.term(filter)
    writer.line(`if (${missing === '' ? '' : `(${missing}) || `}!(${value})) continue`)
  }
  exprs.forEach((expr, e) => {
    const { value, missing } = writer.term(expr)
    const store = `o${e}[k] = ${expr.type.kind === 'bool' ? `${value} ? 1 : 0` : value}`
    writer.line(missing === '' ? store : `if (${missing}) { m${e}[k] = 1; marked[${e}] = true } else ${store}`)
  })
  const data = [...writer.dataColumns]
  const marks = [...writer.markColumns]
  const text = [
    '"use strict"',
    ...data.map((c) => `const d${c} = cols[${c}].data`),
    ...marks.map((c) => `const z${c} = cols[${c}].nulls`),
    ...exprs.map((_, e) => `const o${e} = out[${e}], m${e} = marks[${e}]`),
    'let k = 0',
    'for (let i = 0; i < n; i++) {',
    'try {',
    writer.text(),
    'rows[k++] = i',
    '} catch (error) {',
    // Results that the failed attempt left behind are overwritten; marks must be taken back.
    ...exprs.map((_, e) => `m${e}[k] = 0`),
    'const done = slow(i, k)',
    'if (done < 0) return -1',
    'if (done > 0) rows[k++] = i',
    '}',
    '}',
    'return k',
  ].join('\n')
  const watched = [...new Set([...data, ...marks])]
  return {
    writer,
    run: compile(text),
    fits: (cols) => data.every((c) => cols[c].kind === 'f64'),
    hasNulls: (cols) => watched.some((c) => cols[c].nulls !== null),
  }
}

function compile(text: string): Compiled {
  let run = compiled.get(text)
  if (run === undefined) {
    const names = ['cols', 'n', 'rows', 'out', 'marks', 'marked', 'K', 'F', 'frame', 'slow', 'H', 'BAIL']
    run = new Function(...names, text) as Compiled
    if (compiled.size >= COMPILED_MAX) compiled.clear()
    compiled.set(text, run)
  }
  return run
}
