import { CLOCK } from '../dataflow/contract.ts'
import type { Present } from '../dataflow/keys.ts'
import type { OperatorBase } from '../dataflow/operator.ts'
import type { AsofJoinOperator } from '../dataflow/operators/asof-join.ts'
import { EmitOnCloseOperator } from '../dataflow/operators/emit-on-close.ts'
import type { WindowOperator } from '../dataflow/operators/window.ts'
import { type BoundOf, Release } from '../dataflow/release.ts'
import { VersionRelease } from '../dataflow/version-release.ts'
import type { BoundedColumn, BoundTerm, ReleaseRule } from '../plan/bounds.ts'
import type { PhysicalNode } from '../plan/physical.ts'
import type { StateStructure } from '../state/contract.ts'
import { buildColumn } from '../types/column-build.ts'
import { plainNumber } from '../types/plain-number.ts'
import type { SqlType } from '../types/sql-type.ts'
import { compileRow } from './closure.ts'
import { type CompileContext, makeFrame } from './compile-context.ts'

/** What watermarks do to the operators of a plan. */
export interface Closers {
  /** Before a tick: wakes who has rows to let through. */
  wake(watermarks: ReadonlyMap<number, number>): void
  /** Between ticks, of a view that is live: frees what is closed. */
  release(watermarks: ReadonlyMap<number, number>): void
  /** Whether rows wait for a watermark. */
  waits(): boolean
  /** Relations whose watermarks matter, and the CLOCK. */
  readonly relations: ReadonlySet<number>
}

/** The terms as a function of the watermarks: the lowest of them, null while one is not known. */
export function boundOf(terms: readonly BoundTerm[], context: CompileContext): BoundOf {
  const parts = terms.map(({ object, bound }) => ({ object, type: inputType(bound), run: compileRow(bound, context) }))
  const frame = makeFrame(context.env)
  return (watermarks) => {
    let lowest = Number.POSITIVE_INFINITY
    for (const { object, type, run } of parts) {
      const watermark = watermarks.get(object)
      if (watermark === undefined) return null
      const value = run([buildColumn(type, [watermark])], 0, frame)
      if (value === null) return null
      lowest = Math.min(lowest, plainNumber(value))
    }
    return lowest
  }
}

/** Type of the watermark that the expression is over. */
function inputType(s: BoundTerm['bound']): SqlType {
  if (s.kind === 'column') return s.type
  const inputs = s.kind === 'call' ? s.args : s.kind === 'cast' ? [s.arg] : []
  for (const input of inputs) {
    if (input.kind !== 'const') return inputType(input)
  }
  return s.type
}

/** Collects what is to be freed while a plan is rendered. */
export class ClosersBuild {
  readonly #context: CompileContext
  readonly #releases: { sweep(watermarks: ReadonlyMap<number, number>): void }[] = []
  readonly #relations = new Set<number>()

  constructor(context: CompileContext) {
    this.#context = context
  }

  add(structure: StateStructure, columns: readonly BoundedColumn[], which: 'any' | 'all' = 'any'): void {
    const bounds = columns.map(({ column, terms }) => ({ column, bound: this.bound(terms) }))
    this.#releases.push(new Release(structure, bounds, which))
  }

  addSessions(operator: WindowOperator, terms: readonly BoundTerm[]): void {
    this.#releases.push(operator.sessionRelease(this.bound(terms)))
  }

  addOrdered(operator: WindowOperator, { column, terms, reaches = [] }: ReleaseRule): void {
    const back = reaches.map((r) => ({ column: r.column, bound: this.bound(r.terms) }))
    this.#releases.push(operator.orderedRelease(column, this.bound(terms), back))
  }

  /** Both sides of an ASOF join, each in its own way. */
  addNearest(operator: AsofJoinOperator, rules: readonly ReleaseRule[]): void {
    for (const { of, column, terms } of rules) {
      if (of === 'left') this.add(operator.lefts, [{ column, terms }])
      else this.#releases.push(new VersionRelease(operator.rights, column, this.bound(terms)))
    }
  }

  /** What the clock alone says; null: nothing. */
  clockBound(terms: readonly BoundTerm[]): BoundOf | null {
    const own = terms.filter(({ object }) => object === CLOCK)
    return own.length === 0 ? null : boundOf(own, this.#context)
  }

  bound(terms: readonly BoundTerm[]): BoundOf {
    for (const { object } of terms) this.#relations.add(object)
    return boundOf(terms, this.#context)
  }

  finish(operators: readonly OperatorBase[]): Closers | null {
    const waiting = operators.filter((o) => o instanceof EmitOnCloseOperator)
    if (waiting.length === 0 && this.#releases.length === 0) return null
    const releases = this.#releases
    return {
      relations: this.#relations,
      wake(watermarks) {
        for (const operator of waiting) if (operator.due(watermarks)) operator.wake()
      },
      release(watermarks) {
        for (const release of releases) release.sweep(watermarks)
      },
      waits: () => waiting.some((operator) => operator.waits),
    }
  }
}

/**
 * What frees one side of joins that share its arrangement: all of them must let go, each by its column, of which the
 * lowest bound counts. Null: one of them never does.
 */
export function sideRule(
  nodes: readonly PhysicalNode[],
  input: number,
  keys: readonly number[],
): readonly BoundedColumn[] | null {
  const found = new Map<number, readonly BoundTerm[]>()
  for (const { node, rule } of sidesOf(nodes, input, keys)) {
    if (node.op !== 'join' || rule === undefined) return null
    found.set(rule.column, [...(found.get(rule.column) ?? []), ...rule.terms])
  }
  return found.size === 0 ? null : [...found].map(([column, terms]) => ({ column, terms }))
}

/**
 * Rows of a side that can be met: NULL in a key, or in the column that ties it to the other side's time, meets nothing,
 * unless a join takes NULLs for equal. None but these are kept.
 */
export function presentIn(nodes: readonly PhysicalNode[], input: number, keys: readonly number[]): Present | null {
  const sides = sidesOf(nodes, input, keys)
  // A node that is rendered for another (in a scope) reads what stands in no list.
  if (sides.length === 0 || sides.some(({ node }) => node.op !== 'join' || node.nullSafe)) return null
  const tied = sides.map(({ rule }) => rule?.column)
  return { all: keys, any: tied.some((c) => c === undefined) ? [] : [...new Set(tied as number[])] }
}

interface Side {
  readonly node: Extract<PhysicalNode, { op: 'join' | 'lookupJoin' }>
  readonly rule: ReleaseRule | undefined
}

function sidesOf(nodes: readonly PhysicalNode[], input: number, keys: readonly number[]): readonly Side[] {
  const name = keys.join('-')
  const found: Side[] = []
  for (const node of nodes) {
    if (node.op === 'lookupJoin' && node.right === input && node.rightKeys.join('-') === name)
      found.push({ node, rule: undefined })
    if (node.op !== 'join') continue
    for (const side of ['left', 'right'] as const) {
      const sideKeys = side === 'left' ? node.leftKeys : node.rightKeys
      if (node[side] !== input || sideKeys.join('-') !== name) continue
      found.push({ node, rule: node.release?.find((r) => r.of === side) })
    }
  }
  return found
}
