import fc from 'fast-check'
import type { WindowFrame } from '../../dataflow/window/spec.ts'
import { deltaPaths } from '../../plan/delta-paths.ts'
import type { PhysicalAggregate, PhysicalNode, PhysicalOp, PhysicalPlan } from '../../plan/physical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import type { WindowCall } from '../../plan/window.ts'
import type { Forms } from '../../types/forms.ts'
import { arrayOf, BOOL, FLOAT8, INT4, INT8, NUMERIC, type SqlType, sameType, TEXT } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import { anyCondition, anyDatum, anyScalar, arm, type Gen, pickFrom } from './random-scalar.ts'

/** Objects that random plans read, by id. */
export const OBJECTS: ReadonlyMap<number, readonly SqlType[]> = new Map([
  [1, [INT4, TEXT, FLOAT8]],
  [2, [INT4, NUMERIC, BOOL]],
])

export function node(op: PhysicalOp, types: readonly SqlType[], appendOnly = false): PhysicalNode {
  return { ...op, types, position: 3, appendOnly, growth: 'unbounded' } as PhysicalNode
}

export function planOf(nodes: readonly PhysicalNode[], root = nodes.length - 1): PhysicalPlan {
  return { formatVersion: 1, nodes, root, types: nodes[root].types, fingerprint: '' }
}

export const OPS = [
  'map',
  'join',
  'asofJoin',
  'deltaJoin',
  'aggregate',
  'distinct',
  'union',
  'negate',
  'setOp',
  'topK',
  'rowNumber',
  'window',
  'atMostOne',
  'flatMap',
  'constant',
  'scope',
] as const
type OpName = (typeof OPS)[number]

/** A plan of a few nodes, the last of them its root. */
export function anyPlan(g: Gen, ops: readonly OpName[], size: number): PhysicalPlan {
  const nodes: PhysicalNode[] = []
  for (const [object, types] of OBJECTS) {
    nodes.push(node({ op: 'get', object, columns: types.map((_, c) => c) }, types))
  }
  grow(g, nodes, ops, size)
  return planOf(nodes)
}

function grow(g: Gen, nodes: PhysicalNode[], ops: readonly OpName[], size: number): void {
  let joins = 0
  for (let k = 0; k < size; k++) {
    let op = pickFrom(g, ops)
    if ((op === 'join' || op === 'deltaJoin') && joins++ >= 2) op = 'distinct'
    nodes.push(anyNode(g, nodes, op, ops))
  }
}

/** Mostly the newest node, so that plans are deep. */
function anyInput(g: Gen, nodes: readonly PhysicalNode[]): number {
  return g(fc.nat, { max: 2 }) > 0 ? nodes.length - 1 : g(fc.nat, { max: nodes.length - 1 })
}

function columnsOfType(types: readonly SqlType[], kind: string): number[] {
  return types.flatMap((type, c) => (type.kind === kind ? [c] : []))
}
function someColumns(g: Gen, types: readonly SqlType[]): number[] {
  return types.flatMap((type, c) => (type.kind !== 'array' && g(fc.nat, { max: 2 }) === 0 ? [c] : []))
}
function anyOrder(g: Gen, types: readonly SqlType[]) {
  return someColumns(g, types).map((column) => ({ column, desc: g(fc.boolean), nullsFirst: g(fc.boolean) }))
}

function anyNode(g: Gen, nodes: readonly PhysicalNode[], op: OpName, ops: readonly OpName[]): PhysicalNode {
  const input = anyInput(g, nodes)
  const types = nodes[input].types
  switch (op) {
    case 'map': {
      const filter = g(fc.boolean) ? anyCondition(g, types, 2) : null
      const wanted = Array.from({ length: g(fc.integer, { min: 1, max: 3 }) }, () =>
        pickFrom(g, [INT4, INT4, TEXT, FLOAT8, NUMERIC]),
      )
      return node({ op, input, filter, exprs: wanted.map((type) => anyScalar(g, type, types, 2)) }, wanted)
    }
    case 'join':
      return anyJoin(g, nodes, input)
    case 'asofJoin': {
      const right = anyInput(g, nodes)
      const times = [columnsOfType(types, 'int4'), columnsOfType(nodes[right].types, 'int4')]
      if (times.some((columns) => columns.length === 0)) return node({ op: 'distinct', input }, types)
      const [left, other] = times.map((columns) => pickFrom(g, columns))
      const key = g(fc.boolean) ? times.map((columns) => pickFrom(g, columns)) : null
      const compare = pickFrom(g, ['>=', '>', '<=', '<'] as const)
      const sides = { left: input, right, leftKeys: key ? [key[0]] : [], rightKeys: key ? [key[1]] : [] }
      const nearest = { left, right: other, compare }
      return node({ op, outer: g(fc.boolean), ...sides, nearest }, [...types, ...nodes[right].types])
    }
    case 'deltaJoin':
      return anyDeltaJoin(g, nodes, input)
    case 'aggregate': {
      const keys = someColumns(g, types).slice(0, 2)
      const aggregates = Array.from({ length: g(fc.integer, { min: 1, max: 3 }) }, () => anyAggregate(g, types))
      return node({ op, input, keys, aggregates, ...anyForms(g) }, [
        ...keys.map((k) => types[k]),
        ...aggregates.map(({ type }) => type),
      ])
    }
    case 'distinct':
      return node({ op, input, ...anyForms(g) }, types)
    case 'negate':
      return node({ op, input }, types)
    case 'union':
    case 'setOp': {
      const same = nodes.flatMap((other, n) => (sameTypes(other.types, types) ? [n] : []))
      if (op === 'union') return node({ op, inputs: [input, pickFrom(g, same)] }, types)
      const type = pickFrom(g, ['intersect', 'except'] as const)
      return node({ op, type, all: g(fc.boolean), left: input, right: pickFrom(g, same), ...anyForms(g) }, types)
    }
    case 'topK': {
      const limit = g(fc.boolean) ? g(fc.nat, { max: 3 }) : null
      const partition = someColumns(g, types).slice(0, 1)
      const ties = limit !== null && g(fc.boolean) ? ({ ties: true } as const) : {}
      return node(
        { op, input, partition, order: anyOrder(g, types), limit, offset: g(fc.nat, { max: 2 }), ...ties },
        types,
      )
    }
    case 'rowNumber': {
      const partition = someColumns(g, types).slice(0, 1)
      const atMost = g(fc.boolean) ? g(fc.integer, { min: 1, max: 4 }) : null
      return node({ op, input, partition, order: anyOrder(g, types), atMost }, [...types, INT8])
    }
    case 'window': {
      const frame: WindowFrame = {
        mode: 'rows',
        start: g(fc.boolean) ? { kind: 'first' } : { kind: 'offset', by: g(fc.integer, { min: -2, max: 0 }) },
        end: { kind: 'offset', by: g(fc.nat, { max: 1 }) },
        exclude: 'nothing',
        value: null,
      }
      const plain = { aggregate: null, args: [], argTypes: [], filter: null, ignoreNulls: false, frame, type: INT8 }
      const calls: WindowCall[] = [
        { ...plain, fn: pickFrom(g, ['rank', 'row_number', 'dense_rank'] as const) },
        { ...plain, fn: 'aggregate', aggregate: 'count()' },
      ]
      const partition = someColumns(g, types).slice(0, 1)
      return node({ op, input, partition, order: anyOrder(g, types), calls }, [...types, INT8, INT8])
    }
    case 'atMostOne':
      return node({ op, input, keys: someColumns(g, types).slice(0, 2) }, types)
    case 'flatMap': {
      const from: Scalar = { kind: 'const', value: 1, type: INT4 }
      const to: Scalar = {
        kind: 'case',
        arms: [arm(anyCondition(g, types, 1), { kind: 'const', value: 2, type: INT4 })],
        otherwise: from,
        type: INT4,
      }
      const withOrdinality = g(fc.boolean)
      const made = [INT4, ...(withOrdinality ? [INT8] : [])]
      const fn = 'generate_series(int4,int4)'
      return node({ op, input, fn, args: [from, to], withOrdinality, outer: g(fc.boolean) }, [...types, ...made])
    }
    case 'constant':
      return node({ op, rows: [0, 1].map(() => types.map((type) => anyDatum(g, type))) }, types)
    case 'scope':
      return anyScope(g, nodes, input, ops)
  }
}

const anyForms = (g: Gen): { forms?: Forms } => (g(fc.boolean) ? { forms: 'withoutJsonb' } : {})

function anyJoin(g: Gen, nodes: readonly PhysicalNode[], left: number): PhysicalNode {
  const right = anyInput(g, nodes)
  const l = nodes[left].types
  const r = nodes[right].types
  const pairs = l
    .flatMap((type, a) => columnsOfType(r, type.kind).map((b) => [a, b] as const))
    .filter(([a]) => l[a].kind !== 'array')
  const keys = pairs.length > 0 && g(fc.nat, { max: 4 }) > 0 ? [pickFrom(g, pairs)] : []
  if (keys.length > 0 && g(fc.nat, { max: 3 }) === 0) keys.push(pickFrom(g, pairs))
  const type = pickFrom(g, ['inner', 'left', 'right', 'full', 'semi', 'anti'] as const)
  const residual = g(fc.nat, { max: 2 }) === 0 ? anyCondition(g, [...l, ...r], 1) : null
  const types = type === 'semi' || type === 'anti' ? l : [...l, ...r]
  const leftKeys = keys.map(([a]) => a)
  const rightKeys = keys.map(([, b]) => b)
  return node(
    { op: 'join', type, left, right, leftKeys, rightKeys, nullSafe: g(fc.nat, { max: 3 }) === 0, residual },
    types,
  )
}

const CALLS: readonly (readonly [fn: string, arg: string | null, type: SqlType])[] = [
  ['count()', null, INT8],
  ['count(any)', 'any', INT8],
  ['sum(int4)', 'int4', INT8],
  ['avg(int4)', 'int4', NUMERIC],
  ['sum(numeric)', 'numeric', NUMERIC],
  ['avg(numeric)', 'numeric', NUMERIC],
  ['sum(float8)', 'float8', FLOAT8],
  ['avg(float8)', 'float8', FLOAT8],
  ['bool_and(bool)', 'bool', BOOL],
  ['bool_or(bool)', 'bool', BOOL],
  ['min(int4)', 'int4', INT4],
  ['max(float8)', 'float8', FLOAT8],
  ['max(text)', 'text', TEXT],
  ['min(numeric)', 'numeric', NUMERIC],
  ['string_agg(text,text)', 'text', TEXT],
  ['array_agg(anyelement)', 'int4', arrayOf(INT4)],
  ['bit_and(int4)', 'int4', INT4],
  ['bit_xor(int4)', 'int4', INT4],
  ['stddev_pop(int4)', 'int4', NUMERIC],
  ['var_samp(numeric)', 'numeric', NUMERIC],
  ['var_pop(float8)', 'float8', FLOAT8],
  ['regr_slope(float8,float8)', 'float8', FLOAT8],
  ['corr(float8,float8)', 'float8', FLOAT8],
  ['any_value(anyelement)', 'int4', INT4],
  ['arg_max(anyelement,any)', 'int4', INT4],
  ['last_value(anyelement)', 'int4', INT4],
  ['mode(anyelement)', 'int4', INT4],
  ['percentile_cont(float8,float8)', 'float8', FLOAT8],
  ['percentile_disc(float8,anyelement)', 'int4', INT4],
  ['rank(any)', 'int4', INT8],
  ['cume_dist(any)', 'int4', FLOAT8],
]

/** Which of its parts a call has a column for: arguments (two of one column), or the order and a constant. */
const PAIRS: ReadonlySet<string> = new Set([
  'string_agg(text,text)',
  'regr_slope(float8,float8)',
  'corr(float8,float8)',
  'arg_max(anyelement,any)',
])
const DIRECT: Readonly<Record<string, readonly Datum[]>> = {
  'mode(anyelement)': [],
  'percentile_cont(float8,float8)': [0.3],
  'percentile_disc(float8,anyelement)': [0.5],
  'rank(any)': [1],
  'cume_dist(any)': [2],
}

function anyAggregate(g: Gen, types: readonly SqlType[]): PhysicalAggregate {
  const possible = CALLS.filter(([, arg]) => arg === null || arg === 'any' || columnsOfType(types, arg).length > 0)
  const [fn, arg, type] = pickFrom(g, possible)
  const column =
    arg === null || arg === 'any' ? g(fc.nat, { max: types.length - 1 }) : pickFrom(g, columnsOfType(types, arg))
  const filters = columnsOfType(types, 'bool')
  const filter = filters.length > 0 && g(fc.boolean) ? pickFrom(g, filters) : null
  if (DIRECT[fn] !== undefined) {
    const direct = DIRECT[fn].map((value) => ({ value }))
    const order = [{ column, desc: g(fc.boolean), nullsFirst: g(fc.boolean) }]
    return { fn, args: [], distinct: false, filter, order, direct, type }
  }
  const other = (arg && arg !== 'any' && pickFrom(g, columnsOfType(types, arg))) as number
  const args = arg === null ? [] : PAIRS.has(fn) ? [column, other] : [column]
  const ordered = type.kind === 'array' || fn.startsWith('string_agg') || fn.startsWith('last_value')
  const distinct = arg !== null && g(fc.nat, { max: 2 }) === 0
  return { fn, args, distinct, filter, order: ordered && !distinct ? anyOrder(g, types) : [], type }
}

/** Any body at all: a bound on the rounds makes every recursion mean something. */
function anyScope(g: Gen, nodes: readonly PhysicalNode[], input: number, allowed: readonly OpName[]): PhysicalNode {
  const ops = allowed.length === 1 ? OPS : allowed
  const imports = [input, anyInput(g, nodes)]
  const types = nodes[input].types
  const body: PhysicalNode[] = [
    node({ op: 'import', index: 1 }, nodes[imports[1]].types),
    node({ op: 'import', index: 0 }, types),
    node({ op: 'variable', index: 0 }, types),
    node({ op: 'union', inputs: [1, 2] }, types),
  ]
  grow(
    g,
    body,
    ops.filter((op) => op !== 'scope' && op !== 'deltaJoin'),
    g(fc.integer, { min: 1, max: 3 }),
  )
  const last = body[body.length - 1].types
  const exprs = types.map((type): Scalar => {
    const index = last.findIndex((other) => sameType(other, type))
    return index >= 0 ? { kind: 'column', index, type } : { kind: 'const', value: null, type }
  })
  body.push(node({ op: 'map', input: body.length - 1, filter: null, exprs }, types))
  body.push(node({ op: 'distinct', input: body.length - 1 }, types))
  const limit = { rounds: g(fc.integer, { min: 1, max: 4 }), onLimit: pickFrom(g, ['return', 'error'] as const) }
  return node({ op: 'scope', imports, body, results: [body.length - 1], output: 0, limit }, types)
}

function sameTypes(a: readonly SqlType[], b: readonly SqlType[]): boolean {
  return a.length === b.length && a.every((type, c) => sameType(type, b[c]))
}

/** Three inputs, tied in a chain, by one class or in a circle. */
function anyDeltaJoin(g: Gen, nodes: readonly PhysicalNode[], input: number): PhysicalNode {
  const inputs = [input, anyInput(g, nodes), anyInput(g, nodes)]
  const types = inputs.map((n) => nodes[n].types)
  const column = (i: number): number | null => {
    const columns = columnsOfType(types[i], 'int4')
    const before = types.slice(0, i).reduce((sum, each) => sum + each.length, 0)
    return columns.length === 0 ? null : before + pickFrom(g, columns)
  }
  const pairs = pickFrom(g, [
    [
      [0, 1],
      [1, 2],
    ],
    [[0, 1, 2]],
    [
      [0, 1],
      [1, 2],
      [0, 2],
    ],
  ])
  // Classes that meet in a column are one class: such plans are left out.
  const classes = pairs.map((inputs) => inputs.map(column))
  const flat = classes.flat()
  const known = classes.every((each): each is number[] => !each.includes(null)) && new Set(flat).size === flat.length
  const paths = known
    ? deltaPaths(
        types.map((each) => each.length),
        classes as number[][],
      )
    : null
  if (paths === null) return node({ op: 'distinct', input }, types[0])
  return node({ op: 'deltaJoin', inputs, paths }, types.flat())
}
