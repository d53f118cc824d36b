import { unreachable } from '../../base/assert.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { TickContext } from '../../dataflow/contract.ts'
import type { PhysicalNode, PhysicalPlan } from '../../plan/physical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import type { Column } from '../../types/column.ts'
import { buildColumn } from '../../types/column-build.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum, Row } from '../../types/value.ts'
import { compileRow } from '../closure.ts'
import { type CompileContext, type Frame, makeFrame } from '../compile-context.ts'
import { tableRow } from '../function-rows.ts'
import { windowCalls } from '../window-calls.ts'
import { type Failure, naiveAggregate } from './naive-aggregate.ts'
import { nearestRow } from './naive-asof.ts'
import { naiveDeltaJoin } from './naive-delta-join.ts'
import { placesOf, tiedEnd } from './naive-order.ts'
import { naiveWindow } from './naive-window.ts'
import { rowKey, ZSet } from './zset.ts'

/**
 * What a plan means, said plainly: every node computed anew from whole inputs, row by row. Independent of the operators;
 * errors are counted by SQLSTATE.
 */
export interface Relation {
  readonly rows: ZSet
  readonly errors: ZSet
}

type Sources = (kind: 'object' | 'import' | 'variable', index: number) => Relation

export function naivePlan(
  plan: PhysicalPlan,
  objects: ReadonlyMap<number, Relation>,
  context: CompileContext,
  tick: TickContext,
): Relation {
  return new Naive(context, tick).nodes(plan.nodes, (_kind, object) => objects.get(object)!)[plan.root]
}

class Naive {
  private readonly context: CompileContext
  private readonly tick: TickContext
  private readonly frame: Frame

  constructor(context: CompileContext, tick: TickContext) {
    this.context = context
    this.tick = tick
    const frame = makeFrame(context.env)
    frame.at(tick)
    this.frame = frame
  }

  nodes(nodes: readonly PhysicalNode[], source: Sources): Relation[] {
    const results: Relation[] = []
    for (const node of nodes) results.push(this.node(node, results, nodes, source))
    return results
  }

  private node(
    node: PhysicalNode,
    done: readonly Relation[],
    nodes: readonly PhysicalNode[],
    source: Sources,
  ): Relation {
    const rows = new ZSet()
    const errors = new ZSet()
    const inherit = (...inputs: number[]) => {
      for (const input of inputs) errors.addAll(done[input].errors)
    }
    const input = (n: number) => done[n].rows.rows()
    const fail = (state: string, diff: number) => errors.add([state], diff)
    switch (node.op) {
      case 'get': {
        const object = source('object', node.object)
        for (const { row, diff } of object.rows.rows())
          rows.add(
            node.columns.map((c) => row[c]),
            diff,
          )
        errors.addAll(object.errors)
        break
      }
      case 'import':
        return source('import', node.index)
      case 'variable':
        return source('variable', node.index)
      case 'constant':
        for (const row of node.rows) rows.add(row, 1)
        break
      case 'temporal':
      case 'map': {
        const types = nodes[node.input].types
        for (const { row, diff } of input(node.input)) {
          const made = this.guard(
            (s) => fail(s, diff),
            () => {
              if (node.filter !== null && this.scalar(node.filter, row, types) !== true) return null
              return node.exprs.map((expr) => this.scalar(expr, row, types))
            },
          )
          if (made != null) rows.add(made, diff)
        }
        inherit(node.input)
        break
      }
      case 'flatMap': {
        const types = nodes[node.input].types
        const fn = tableRow(node.fn)
        for (const { row, diff } of input(node.input)) {
          const made = this.guard(
            (s) => fail(s, diff),
            () => {
              const args = node.args.map((arg) => this.scalar(arg, row, types))
              const found =
                fn.strict && args.includes(null)
                  ? []
                  : [
                      ...fn.eval(
                        args,
                        this.frame.env,
                        node.args.map((a) => a.type),
                      ),
                    ]
              return found.map((extra, i) => [...extra, ...(node.withOrdinality ? [i + 1] : [])])
            },
          )
          const width = node.types.length - types.length
          if (made?.length === 0 && node.outer) made.push(new Array<Datum>(width).fill(null))
          for (const extra of made ?? []) rows.add([...row, ...extra], diff)
        }
        inherit(node.input)
        break
      }
      case 'union':
        for (const n of node.inputs) rows.addAll(done[n].rows)
        inherit(...node.inputs)
        break
      case 'negate':
        rows.addAll(done[node.input].rows, -1)
        inherit(node.input)
        break
      case 'join':
        this.join(node, done, nodes, rows, fail)
        inherit(node.left, node.right)
        break
      case 'deltaJoin':
        rows.addAll(
          naiveDeltaJoin(
            node,
            nodes,
            node.inputs.map((n) => done[n].rows),
          ),
        )
        inherit(...node.inputs)
        break
      case 'asofJoin':
        for (const { row, diff } of input(node.left)) {
          const match = nearestRow(node, row, input(node.right), nodes[node.right].types)
          if (match !== null) rows.add([...row, ...match], diff)
          else if (node.outer) rows.add([...row, ...nodes[node.right].types.map(() => null)], diff)
        }
        inherit(node.left, node.right)
        break
      case 'lookupJoin':
        throw new Error('what a lookup join gives depends on when its rows came')
      case 'aggregate':
        naiveAggregate(node, nodes[node.input].types, input(node.input), rows, fail)
        inherit(node.input)
        break
      case 'distinct':
        for (const { row, diff } of input(node.input)) if (diff > 0) rows.add(row, 1)
        inherit(node.input)
        break
      case 'setOp': {
        const all = new ZSet().addAll(done[node.left].rows)
        for (const { row } of input(node.right)) if (all.count(row) === 0) all.add(row, 1)
        for (const { row } of all.rows()) {
          const left = Math.max(0, done[node.left].rows.count(row))
          const right = Math.max(0, done[node.right].rows.count(row))
          const count = node.type === 'intersect' ? Math.min(left, right) : Math.max(0, left - right)
          const one = node.type === 'intersect' ? left > 0 && right > 0 : left > 0 && right === 0
          rows.add(row, node.all ? count : Number(one))
        }
        inherit(node.left, node.right)
        break
      }
      case 'topK':
        for (const places of placesOf(input(node.input), node.partition, node.order, node.types)) {
          const end = node.limit === null ? undefined : node.offset + node.limit
          for (const row of places.slice(node.offset, node.ties ? tiedEnd(places, end, node) : end)) rows.add(row, 1)
        }
        inherit(node.input)
        break
      case 'rowNumber':
        for (const places of placesOf(input(node.input), node.partition, node.order, nodes[node.input].types)) {
          for (const [i, row] of places.slice(0, node.atMost ?? undefined).entries()) rows.add([...row, i + 1], 1)
        }
        inherit(node.input)
        break
      case 'window': {
        const types = nodes[node.input].types
        const calls = windowCalls(node)
        for (const places of placesOf(input(node.input), node.partition, node.order, types)) {
          naiveWindow(calls, places, node.order, types).forEach((results, i) => {
            const failure = results.find((r) => typeof r === 'object' && r !== null && 'sqlstate' in r)
            if (failure !== undefined) fail((failure as Failure).sqlstate, 1)
            else rows.add([...places[i], ...(results as Datum[])], 1)
          })
        }
        inherit(node.input)
        break
      }
      case 'atMostOne': {
        const counts = new ZSet()
        const keyOf = (row: Row) => node.keys.map((k) => row[k])
        for (const { row, diff } of input(node.input)) counts.add(keyOf(row), diff)
        for (const { row, diff } of input(node.input)) if (counts.count(keyOf(row)) <= 1) rows.add(row, diff)
        for (const { diff } of counts.rows()) if (diff > 1) fail('21000', 1)
        inherit(node.input)
        break
      }
      case 'arrival':
      case 'expire':
      case 'emitPeriodic':
        throw new Error('what leaves with the clock depends on when it came')
      case 'onTime':
      case 'emitOnClose':
        throw new Error('plans of the naive evaluator know no watermark')
      case 'scope':
        this.scope(node, done, rows, errors)
        break
      default:
        return unreachable(node)
    }
    return { rows, errors }
  }

  private join(
    node: Extract<PhysicalNode, { op: 'join' }>,
    done: readonly Relation[],
    nodes: readonly PhysicalNode[],
    out: ZSet,
    fail: (state: string, diff: number) => void,
  ): void {
    const leftTypes = nodes[node.left].types
    const rightTypes = nodes[node.right].types
    const lefts = done[node.left].rows.rows().map((entry) => ({ ...entry, matches: 0 }))
    const rights = done[node.right].rows.rows().map((entry) => ({ ...entry, matches: 0 }))
    const { type } = node
    for (const left of lefts) {
      for (const right of rights) {
        const a = node.leftKeys.map((k) => left.row[k])
        const b = node.rightKeys.map((k) => right.row[k])
        if (rowKey(a) !== rowKey(b) || (!node.nullSafe && a.includes(null))) continue
        const both = [...left.row, ...right.row]
        const diff = left.diff * right.diff
        const { residual } = node
        if (residual !== null) {
          const types = [...leftTypes, ...rightTypes]
          if (
            this.guard(
              (s) => fail(s, diff),
              () => this.scalar(residual, both, types),
            ) !== true
          )
            continue
        }
        left.matches += right.diff
        right.matches += left.diff
        if (type !== 'semi' && type !== 'anti') out.add(both, diff)
      }
    }
    for (const { row, diff, matches } of lefts) {
      if (type === 'semi' && matches > 0) out.add(row, diff)
      if (type === 'anti' && !(matches > 0)) out.add(row, diff)
      if ((type === 'left' || type === 'full') && !(matches > 0)) out.add([...row, ...rightTypes.map(() => null)], diff)
    }
    for (const { row, diff, matches } of rights) {
      if ((type === 'right' || type === 'full') && !(matches > 0)) out.add([...leftTypes.map(() => null), ...row], diff)
    }
  }

  private scope(
    node: Extract<PhysicalNode, { op: 'scope' }>,
    done: readonly Relation[],
    rows: ZSet,
    errors: ZSet,
  ): void {
    const rounds = node.limit?.rounds ?? this.tick.recursionRoundsMax
    let variables: ZSet[] = node.results.map(() => new ZSet())
    let results: Relation[] = []
    const round = (values: readonly ZSet[]): Relation[] => {
      const body = this.nodes(node.body, (kind, index) =>
        kind === 'import' ? done[node.imports[index]] : { rows: values[index], errors: new ZSet() },
      )
      return node.results.map((n) => body[n])
    }
    for (let i = 0; i < rounds; i++) {
      results = round(variables)
      variables = results.map((result) => result.rows)
    }
    rows.addAll(variables[node.output])
    for (const result of results) errors.addAll(result.errors)
    if (node.limit?.onLimit === 'return') return
    const next = round(variables)
    if (next.some((result, v) => !result.rows.equals(variables[v]))) errors.add(['54001'], 1)
  }

  private scalar(scalar: Scalar, row: Row, types: readonly SqlType[]): Datum {
    const cols: Column[] = types.map((type, c) => buildColumn(type, [row[c]]))
    return compileRow(scalar, this.context)(cols, 0, this.frame)
  }

  private guard<T>(fail: (state: string) => void, run: () => T): T | undefined {
    try {
      return run()
    } catch (error) {
      if (!(error instanceof SqlError)) throw error
      fail(error.sqlstate)
      return undefined
    }
  }
}
