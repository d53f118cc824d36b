import { unreachable } from '../base/assert.ts'
import type { RowType } from '../types/sql-type.ts'
import type { AggregateCall, Logical } from './logical.ts'
import type { Scalar } from './scalar.ts'

/** The direct inputs of a node, in order. */
export function logicalInputs(p: Logical): readonly Logical[] {
  switch (p.kind) {
    case 'get':
    case 'constant':
    case 'ref':
      return []
    case 'let':
      return [p.value, p.body]
    case 'letRec':
      return [...p.bindings.map((b) => b.value), p.body]
    case 'project':
    case 'filter':
    case 'aggregate':
    case 'distinct':
    case 'arrival':
    case 'expire':
    case 'topK':
    case 'rowNumber':
    case 'window':
    case 'flatMap':
    case 'atMostOne':
      return [p.input]
    case 'join':
    case 'asofJoin':
    case 'semiJoin':
    case 'setOp':
      return [p.left, p.right]
    case 'unionAll':
      return p.inputs
    default:
      return unreachable(p)
  }
}

/** The same node over other inputs (of the same row types); unchanged inputs keep the object as it is. */
export function mapLogicalInputs(p: Logical, fn: (input: Logical) => Logical): Logical {
  switch (p.kind) {
    case 'get':
    case 'constant':
    case 'ref':
      return p
    case 'let': {
      const value = fn(p.value)
      const body = fn(p.body)
      return value === p.value && body === p.body ? p : { ...p, value, body }
    }
    case 'letRec': {
      const bindings = p.bindings.map((b) => {
        const value = fn(b.value)
        return value === b.value ? b : { ...b, value }
      })
      const body = fn(p.body)
      return body === p.body && bindings.every((b, i) => b === p.bindings[i]) ? p : { ...p, bindings, body }
    }
    case 'project':
    case 'filter':
    case 'aggregate':
    case 'distinct':
    case 'arrival':
    case 'expire':
    case 'topK':
    case 'rowNumber':
    case 'window':
    case 'flatMap':
    case 'atMostOne': {
      const input = fn(p.input)
      return input === p.input ? p : { ...p, input }
    }
    case 'join':
    case 'asofJoin':
    case 'semiJoin':
    case 'setOp': {
      const left = fn(p.left)
      const right = fn(p.right)
      return left === p.left && right === p.right ? p : { ...p, left, right }
    }
    case 'unionAll': {
      const inputs = p.inputs.map(fn)
      return inputs.every((x, i) => x === p.inputs[i]) ? p : { ...p, inputs }
    }
    default:
      return unreachable(p)
  }
}

/** Rewrites from the bottom up until no node changes under `fn` at its place. */
export function rewriteLogical(p: Logical, fn: (p: Logical) => Logical): Logical {
  return fn(mapLogicalInputs(p, (input) => rewriteLogical(input, fn)))
}

export function visitLogical(p: Logical, fn: (p: Logical) => void): void {
  fn(p)
  for (const input of logicalInputs(p)) visitLogical(input, fn)
}

/** The scalars of the node itself. */
export function logicalScalars(p: Logical): readonly Scalar[] {
  switch (p.kind) {
    case 'project':
      return p.exprs
    case 'filter':
      return [p.predicate]
    case 'join':
    case 'semiJoin':
      return [p.on]
    case 'aggregate':
      return [...p.keys, ...p.aggregates.flatMap(callScalars)]
    case 'flatMap':
      return p.args
    default:
      return []
  }
}

/** The same node with each of its own scalars rewritten. */
export function mapLogicalScalars(p: Logical, fn: (s: Scalar) => Scalar): Logical {
  switch (p.kind) {
    case 'project':
      return { ...p, exprs: p.exprs.map(fn) }
    case 'filter':
      return { ...p, predicate: fn(p.predicate) }
    case 'join':
    case 'semiJoin':
      return { ...p, on: fn(p.on) }
    case 'aggregate':
      return { ...p, keys: p.keys.map(fn), aggregates: p.aggregates.map((a) => mapCall(a, fn)) }
    case 'flatMap':
      return { ...p, args: p.args.map(fn) }
    default:
      return p
  }
}

export const callScalars = (a: AggregateCall): readonly Scalar[] => [
  ...a.args,
  ...(a.filter ? [a.filter] : []),
  ...a.order.map((o) => o.expr),
]

export const mapCall = (a: AggregateCall, fn: (s: Scalar) => Scalar): AggregateCall => ({
  ...a,
  args: a.args.map(fn),
  filter: a.filter && fn(a.filter),
  order: a.order.map((o) => ({ ...o, expr: fn(o.expr) })),
})

/** The row type with every column nullable: the side of an outer join that may be missing. */
export const nullableRow = (row: RowType): RowType => row.map((f) => (f.nullable ? f : { ...f, nullable: true }))
