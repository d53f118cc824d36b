import { assert, unreachable } from '../../base/assert.ts'
import { notSupported } from '../../base/sql-error.ts'
import { readsClock } from '../../plan/clock-shape.ts'
import { fingerprint } from '../../plan/fingerprint.ts'
import type { Logical } from '../../plan/logical.ts'
import { filter, projectColumns } from '../../plan/logical-make.ts'
import { visitLogical } from '../../plan/logical-walk.ts'
import type { PhysicalNode, PhysicalOp, PhysicalPlan } from '../../plan/physical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, columnsOf, conjunction, isTrue, mapColumns, TRUE } from '../../plan/scalar-walk.ts'
import { inputsOf } from '../../plan/sub-plans.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { canFail } from '../function-facts.ts'
import { columnNumber, physicalCall } from './aggregate-calls.ts'
import { refuseArrival } from './arrival.ts'
import type { ChooseFacts } from './choose-facts.ts'
import { clockJoins, splitClock } from './clock-joins.ts'
import { deltaJoin } from './delta-joins.ts'
import { aggregateForms, rowForms } from './forms.ts'
import { joinKeys } from './join-keys.ts'
import { refuseLookup } from './lookup-joins.ts'
import { refuseVolatile, rulesOf } from './maintained.ts'
import { appendOnly, growth, isMortal, mortalGrowth } from './node-facts.ts'
import { nodeKey } from './node-key.ts'
import { withPlaces } from './places.ts'
import { prepare } from './prepare.ts'
import { ROW_NUMBER } from './row-number.ts'

/** Logical → physical: equal nodes once, expressions before the operators that take columns, join keys found. */
export function choose(plan: Logical, facts: ChooseFacts): PhysicalPlan {
  const builder = new Builder(facts, null, [])
  if (facts.maintained) refuseVolatile(plan)
  const root = builder.build(prepare(facts.maintained ? clockJoins(plan) : plan))
  const types = plan.rowType.map((f) => f.type)
  const nodes = facts.maintained
    ? withPlaces(builder.nodes, root, (object) => facts.places?.(object) ?? null)
    : builder.nodes
  const unsigned = { formatVersion: 1, nodes, root, types } as const
  return { ...unsigned, fingerprint: fingerprint(unsigned) }
}

/** Adds nodes to one list: the plan's, or the body of a recursive scope, which reads outer nodes by imports. */
class Builder {
  readonly nodes: PhysicalNode[] = []
  readonly #facts: ChooseFacts
  readonly #outer: Builder | null
  /** Bindings that are variables of this scope. */
  readonly #variables: readonly number[]
  /** By node: all its rows leave by the clock some day. */
  readonly #mortal: boolean[] = []
  readonly #known = new Map<string | symbol, number>()
  readonly #bindings = new Map<number, number>()
  readonly imports: number[] = []

  constructor(facts: ChooseFacts, outer: Builder | null, variables: readonly number[]) {
    this.#facts = facts
    this.#outer = outer
    this.#variables = variables
  }

  build(p: Logical): number {
    // What does not depend on the scope's variables is computed once, outside.
    if (this.#outer && !this.#local(p)) return this.#import(this.#outer.build(p), p)
    switch (p.kind) {
      case 'get':
        return this.#node({ op: 'get', object: p.object, columns: p.rowType.map((_, i) => i) }, p)
      case 'constant':
        return this.#node({ op: 'constant', rows: p.rows }, p)
      case 'ref':
        return this.#ref(p)
      case 'let':
        this.#bindings.set(p.binding, this.build(p.value))
        return this.build(p.body)
      case 'letRec':
        return this.#scope(p)
      case 'project':
      case 'filter':
        return this.#map(p)
      case 'join':
        return this.#deltaJoin(p) ?? this.#join(p, p.type)
      case 'asofJoin':
        return this.#asof(p)
      case 'semiJoin':
        return this.#join(p, p.anti ? 'anti' : 'semi')
      case 'aggregate':
        return this.#aggregate(p)
      case 'expire': {
        if (!this.#facts.maintained) return this.build(p.input)
        if (this.#outer) throw notSupported('STATE_TTL inside a recursive query')
        return this.#node({ op: 'expire', input: this.build(p.input), ttlMicros: p.ttlMicros }, p)
      }
      case 'arrival': {
        const input = this.build(p.input)
        refuseArrival(p, this.nodes[input].appendOnly, this.#facts.maintained === true, this.#outer !== null)
        return this.#node({ op: 'arrival', input }, p)
      }
      case 'distinct':
        return this.#node({ op: 'distinct', input: this.build(p.input), ...rowForms(p, this.#outer) }, p)
      case 'unionAll':
        return this.#node({ op: 'union', inputs: p.inputs.map((i) => this.build(i)) }, p)
      case 'setOp': {
        const { op: type, all } = p
        const left = this.build(p.left)
        return this.#node({ op: 'setOp', type, all, left, right: this.build(p.right), ...rowForms(p, this.#outer) }, p)
      }
      case 'topK': {
        const { partition, order, limit, offset, ties } = p
        const top = { partition, order, limit, offset, ...(ties && { ties }) }
        return this.#node({ op: 'topK', input: this.build(p.input), ...top }, p)
      }
      case 'rowNumber': {
        const { partition, order, atMost } = p
        const over = { input: this.build(p.input), partition, order }
        const op: PhysicalOp =
          atMost === null ? { op: 'window', ...over, calls: [ROW_NUMBER] } : { op: 'rowNumber', ...over, atMost }
        return this.#node(op, p)
      }
      case 'window': {
        const { partition, order, calls } = p
        return this.#node({ op: 'window', input: this.build(p.input), partition, order, calls }, p)
      }
      case 'flatMap': {
        const { fn, args, withOrdinality, outer } = p
        return this.#node({ op: 'flatMap', input: this.build(p.input), fn, args, withOrdinality, outer }, p)
      }
      case 'atMostOne':
        return this.#node({ op: 'atMostOne', input: this.build(p.input), keys: p.keys }, p)
      default:
        return unreachable(p)
    }
  }

  /** Filter and projection in one loop; of a relation only the columns that they read. */
  #map(p: Extract<Logical, { kind: 'project' | 'filter' }>): number {
    const project = p.kind === 'project' ? p : null
    const below = project ? project.input : p
    const filter = below.kind === 'filter' ? below : null
    const source = filter ? filter.input : below
    const predicate = filter && !isTrue(filter.predicate) ? filter.predicate : null
    const exprs = project?.exprs ?? source.rowType.map((f, i) => column(i, f.type))
    const position = filter?.position ?? -1
    const types = exprs.map((e) => e.type)
    if (this.#facts.maintained && [...exprs, ...(predicate ? [predicate] : [])].some(readsClock)) {
      return this.#temporal(source, predicate ?? TRUE, exprs, position)
    }
    if (source.kind !== 'get') {
      const input = this.build(source)
      return this.#add({ op: 'map', input, filter: predicate, exprs }, types, position)
    }
    if (this.#outer) return this.#import(this.#outer.build(p), p)
    const used = new Set<number>()
    for (const e of exprs) columnsOf(e, used)
    if (predicate) columnsOf(predicate, used)
    const columns = [...used].sort((a, b) => a - b)
    const to = (s: Scalar): Scalar => mapColumns(s, (i) => columns.indexOf(i))
    const moved = exprs.map(to)
    const plain = moved.every((e) => e.kind === 'column')
    if (plain && !predicate) {
      const list = exprs.map((e) => (e.kind === 'column' ? e.index : -1))
      return this.#add({ op: 'get', object: source.object, columns: list }, types, -1)
    }
    const get = this.#add(
      { op: 'get', object: source.object, columns },
      columns.map((c) => source.rowType[c].type),
      -1,
    )
    return this.#add({ op: 'map', input: get, filter: predicate && to(predicate), exprs: moved }, types, position)
  }

  /** Filter and projection that follow the clock: over as few rows and columns as possible, since they are kept. */
  #temporal(source: Logical, predicate: Scalar, exprs: readonly Scalar[], position: number): number {
    if (this.#outer) throw notSupported('now() over the result of a recursive query inside it')
    const { steady, moving } = splitClock(predicate)
    const used = new Set<number>()
    for (const s of [...moving, ...exprs]) columnsOf(s, used)
    const columns = [...used].sort((a, b) => a - b)
    const input = this.build(projectColumns(filter(source, conjunction(steady), position), columns))
    const to = (s: Scalar): Scalar => mapColumns(s, (i) => columns.indexOf(i))
    const conditions = moving.map(to)
    const computed = exprs.map(to)
    const op: PhysicalOp = {
      op: 'temporal',
      input,
      filter: conditions.length === 0 ? null : conjunction(conditions),
      exprs: computed,
      rules: rulesOf(conditions, computed),
      fallible: conditions.map(canFail),
    }
    return this.#add(
      op,
      computed.map((e) => e.type),
      position,
    )
  }

  #deltaJoin(p: Logical): number | null {
    const found = this.#outer === null ? deltaJoin(p, this.#facts) : null
    if (found === null) return null
    const inputs = found.inputs.map((input) => this.build(input))
    const joined = this.#node({ op: 'deltaJoin', inputs, paths: found.paths }, p)
    if (found.rest.length === 0) return joined
    const exprs = p.rowType.map((f, i) => column(i, f.type))
    return this.#node({ op: 'map', input: joined, filter: conjunction(found.rest), exprs }, p)
  }

  #join(p: Extract<Logical, { kind: 'join' | 'semiJoin' }>, type: Extract<PhysicalOp, { op: 'join' }>['type']): number {
    const keys = joinKeys(p.on, p.left.rowType, p.right.rowType)
    const left = this.#withKeys(p.left, keys.left)
    const right = this.#withKeys(p.right, keys.right)
    const width = p.left.rowType.length
    const shift = left.width - width
    const residual = keys.residual && mapColumns(keys.residual, (i) => (i < width ? i : i + shift))
    const op: PhysicalOp = {
      op: 'join',
      type,
      left: left.node,
      right: right.node,
      leftKeys: left.keys,
      rightKeys: right.keys,
      nullSafe: keys.nullSafe,
      residual,
    }
    const leftOnly = type === 'semi' || type === 'anti'
    const types = [...this.nodes[left.node].types, ...(leftOnly ? [] : this.nodes[right.node].types)]
    const joined = this.#add(op, types, p.position)
    if (types.length === p.rowType.length) return joined
    const kept = [
      ...p.left.rowType.map((_, i) => i),
      ...(leftOnly ? [] : p.right.rowType.map((_, i) => left.width + i)),
    ]
    const exprs = kept.map((c) => column(c, types[c]))
    return this.#add(
      { op: 'map', input: joined, filter: null, exprs },
      kept.map((c) => types[c]),
      -1,
    )
  }

  /** The right side comes first: a view that begins reads its relations in this order, and looks rows up in what it has. */
  #asof(p: Extract<Logical, { kind: 'asofJoin' }>): number {
    const right = this.build(p.right)
    const left = this.build(p.left)
    const { outer, leftKeys, rightKeys, nearest } = p
    const sides = { outer, left, right, leftKeys, rightKeys }
    if (nearest !== null) return this.#node({ op: 'asofJoin', ...sides, nearest }, p)
    refuseLookup(p, this.nodes[left].appendOnly, this.#facts.maintained === true, this.#outer !== null)
    return this.#node({ op: 'lookupJoin', ...sides }, p)
  }

  /** A join's side with its key columns, computed at the end where they are not columns already. */
  #withKeys(p: Logical, keys: readonly Scalar[]): { node: number; keys: number[]; width: number } {
    const computed = keys.filter((k) => k.kind !== 'column')
    const width = p.rowType.length
    const numbers = keys.map((k) => (k.kind === 'column' ? k.index : width + computed.indexOf(k)))
    if (computed.length === 0) return { node: this.build(p), keys: numbers, width }
    const exprs = [...p.rowType.map((f, i) => column(i, f.type)), ...computed]
    const rowType = exprs.map((e, i) => p.rowType[i] ?? { name: `key${i}`, type: e.type, nullable: true })
    const extended: Logical = prepare({ kind: 'project', input: p, exprs, rowType })
    return { node: this.build(extended), keys: numbers, width: exprs.length }
  }

  #aggregate(p: Extract<Logical, { kind: 'aggregate' }>): number {
    const op: PhysicalOp = {
      op: 'aggregate',
      input: this.build(p.input),
      keys: p.keys.map(columnNumber),
      aggregates: p.aggregates.map(physicalCall),
      ...aggregateForms(p, this.#outer),
    }
    return this.#node(op, p)
  }

  // ------------------------------------------------------------ names and scopes

  #ref(p: Extract<Logical, { kind: 'ref' }>): number {
    const variable = this.#variables.indexOf(p.binding)
    if (variable >= 0) return this.#node({ op: 'variable', index: variable }, p)
    const node = this.#bindings.get(p.binding)
    assert(node !== undefined, `binding ${p.binding} is in scope`)
    return node
  }

  #import(outerNode: number, p: Logical): number {
    let index = this.imports.indexOf(outerNode)
    if (index < 0) index = this.imports.push(outerNode) - 1
    return this.#node({ op: 'import', index }, p)
  }

  /** Whether the plan depends on something that only this scope has. */
  #local(p: Logical): boolean {
    let local = false
    visitLogical(p, (x) => {
      if (x.kind === 'ref' && (this.#variables.includes(x.binding) || this.#bindings.has(x.binding))) local = true
    })
    return local
  }

  #scope(p: Extract<Logical, { kind: 'letRec' }>): number {
    const variables = p.bindings.map((b) => b.binding)
    const read = new Set<number>()
    visitLogical(p.body, (x) => {
      if (x.kind === 'ref' && variables.includes(x.binding)) read.add(x.binding)
    })
    const inner = new Builder(this.#facts, this, variables)
    const results = p.bindings.map((b) => inner.build(b.value))
    if (read.size === 1) {
      const [binding] = read
      const output = variables.indexOf(binding)
      const value = p.bindings[output].value
      const node = this.#finishScope(
        inner,
        results,
        output,
        p,
        value.rowType.map((f) => f.type),
      )
      this.#bindings.set(binding, node)
      return this.build(p.body)
    }
    // A body over several of them is one more variable, which none reads.
    results.push(inner.build(p.body))
    return this.#finishScope(
      inner,
      results,
      results.length - 1,
      p,
      p.rowType.map((f) => f.type),
    )
  }

  #finishScope(
    inner: Builder,
    results: readonly number[],
    output: number,
    p: Extract<Logical, { kind: 'letRec' }>,
    types: readonly SqlType[],
  ): number {
    const { imports, nodes: body } = inner
    return this.#add({ op: 'scope', imports, body, results, output, limit: p.limit }, types, -1)
  }

  // ------------------------------------------------------------ nodes

  #node(op: PhysicalOp, p: Logical): number {
    return this.#add(
      op,
      p.rowType.map((f) => f.type),
      'position' in p ? p.position : -1,
    )
  }

  #add(op: PhysicalOp, types: readonly SqlType[], position: number): number {
    const key = nodeKey(op, types)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const inputs = inputsOf(op as PhysicalNode).map((n) => this.nodes[n])
    const mortal = isMortal(
      op,
      (n) => this.#mortal[n],
      (object) => this.#facts.mortal?.(object) === true,
    )
    this.#mortal.push(mortal)
    const node: PhysicalNode = {
      ...op,
      types,
      position,
      appendOnly: this.#appendOnly(op),
      growth: mortal ? mortalGrowth(op, inputs) : growth(op, inputs),
    }
    const n = this.nodes.push(node) - 1
    this.#known.set(key, n)
    return n
  }

  #appendOnly(op: PhysicalOp): boolean {
    if (op.op === 'import') return this.#outer?.nodes[this.imports[op.index]].appendOnly ?? false
    return appendOnly(
      op,
      (n) => this.nodes[n].appendOnly,
      (object) => this.#facts.appendOnly(object),
    )
  }
}
