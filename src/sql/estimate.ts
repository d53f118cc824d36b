import { unreachable } from '../base/assert.ts'
import { arrangedBy } from '../plan/delta-paths.ts'
import type { PhysicalNode } from '../plan/physical.ts'
import type { Scalar } from '../plan/scalar.ts'
import { conjuncts } from '../plan/scalar-walk.ts'
import { columnKindOf } from '../types/column-kind.ts'
import type { SqlType } from '../types/sql-type.ts'
import { operatorOf } from './function-facts.ts'

/**
 * What a plan will hold, guessed before it runs. There are no statistics: known are the rows of stored relations and
 * their primary keys, everything else is one of the constants below. Good for "some kilobytes or some gigabytes?", for
 * no more; real figures are those of a view that runs. What reads a stream has no figure, since it has no end.
 */

/** Of the rows that a condition looks at, how many pass. */
const EQUAL_SHARE = 0.1
const RANGE_SHARE = 1 / 3
const LIKE_SHARE = 0.1
const OTHER_SHARE = 0.5
/** Of the rows of a relation with a watermark, how many come too late. */
const LATE_SHARE = 0.05
/** Rows that have one value of a column that is no key. */
const ROWS_A_VALUE = 10
/** Rows that a table function makes of one. */
const ROWS_EXPANDED = 10

/** Bytes of a value; of texts with their place in the arena, of what lives on the heap with its object. */
const VALUE_BYTES = { f64: 8, i64: 8, num: 8, str: 24, any: 64 } as const
/** Of a stored row beside its values: its hash, its count, its place in an index. */
const ROW_BYTES = 20
/** Of a group beside its keys, and of each aggregate. */
const GROUP_BYTES = 32
const AGGREGATE_BYTES = 16

/** What is known of the relations that are read. */
export interface StoredRelations {
  /** null: a stream, or a relation whose size is not known. */
  rows(object: number): number | null
  /** Columns of which no two rows have equal values; null: none are known. */
  key(object: number): readonly number[] | null
}

export interface Held {
  readonly rows: number
  readonly bytes: number
}

export interface Estimate {
  /** Rows of the output. */
  readonly rows: number | null
  /** null: it holds nothing, or nobody knows how much; then `unknown` tells which. */
  readonly held: Held | null
  readonly unknown: boolean
  /** Time frees what it holds: the estimate is of all rows, as if nothing had gone yet. */
  readonly freed: boolean
}

/** Values that a column has; as many as rows where it is a key. */
type Distinct = readonly number[]

interface Guess {
  readonly rows: number
  readonly distinct: Distinct
}

/** One for each node. */
export function estimates(nodes: readonly PhysicalNode[], stored: StoredRelations): readonly Estimate[] {
  const guesses: (Guess | null)[] = []
  const held: (Held | null)[] = []
  const holds = nodes.map(() => false)
  const add = (n: number, rows: number | null, bytesARow: number) => {
    holds[n] = true
    const before = held[n] ?? { rows: 0, bytes: 0 }
    held[n] = rows === null ? null : { rows: before.rows + rows, bytes: before.bytes + rows * bytesARow }
  }
  const arranged = new Set<string>()
  const arrange = (input: number, keys: readonly number[]) => {
    const name = `${input} by ${keys.join('-')}`
    if (arranged.has(name)) return
    arranged.add(name)
    add(input, guesses[input]?.rows ?? null, rowBytes(nodes[input].types))
  }
  nodes.forEach((node, n) => {
    guesses.push(guess(node, guesses, stored))
    switch (node.op) {
      case 'join':
        arrange(node.left, node.leftKeys)
        arrange(node.right, node.rightKeys)
        break
      case 'deltaJoin':
        node.inputs.forEach((input, i) => {
          for (const key of arrangedBy(node.paths, i)) arrange(input, key)
        })
        break
      case 'lookupJoin':
        arrange(node.right, node.rightKeys)
        break
      case 'asofJoin':
      case 'setOp':
        for (const side of [node.left, node.right]) add(n, guesses[side]?.rows ?? null, rowBytes(nodes[side].types))
        break
      case 'aggregate': {
        const groups = guesses[n]?.rows ?? (node.growth === 'bounded' ? 1 : null)
        const keys = node.types.slice(0, node.keys.length)
        add(n, groups, valueBytes(keys) + GROUP_BYTES + AGGREGATE_BYTES * node.aggregates.length)
        // Each value that a DISTINCT aggregate has seen.
        const input = guesses[node.input]?.rows ?? null
        for (const call of node.aggregates) if (call.distinct) add(n, input, ROW_BYTES + valueBytes([call.type]))
        break
      }
      case 'distinct':
      case 'atMostOne':
        add(n, guesses[n]?.rows ?? null, rowBytes(node.types))
        break
      case 'topK':
      case 'rowNumber':
      case 'window':
      case 'temporal':
      case 'expire':
      case 'emitOnClose':
        add(n, guesses[node.input]?.rows ?? null, rowBytes(nodes[node.input].types))
        break
      case 'scope':
        add(n, null, 0)
        break
      default:
        break
    }
  })
  return nodes.map(({ growth }, n) => ({
    rows: rounded(guesses[n]?.rows ?? null),
    held: held[n] ? { rows: Math.ceil(held[n].rows), bytes: Math.ceil(held[n].bytes) } : null,
    unknown: holds[n] && !held[n],
    freed: growth === 'window-bounded',
  }))
}

const rounded = (rows: number | null): number | null => (rows === null ? null : Math.ceil(rows))

/** A row as arrangements and results keep it. */
export const rowBytes = (types: readonly SqlType[]): number => valueBytes(types) + ROW_BYTES

const valueBytes = (types: readonly SqlType[]): number =>
  types.reduce((sum, type) => sum + VALUE_BYTES[columnKindOf(type)], 0)

function guess(node: PhysicalNode, guesses: readonly (Guess | null)[], stored: StoredRelations): Guess | null {
  switch (node.op) {
    case 'get': {
      // Nothing was merged into a view that is not made yet (plan/merged.ts).
      const rows = node.object < 0 ? 0 : stored.rows(node.object)
      if (rows === null) return null
      const key = stored.key(node.object)
      const alone = key?.length === 1 ? key[0] : -1
      return { rows, distinct: node.columns.map((c, i) => (c === alone ? rows : values(node.types[i], rows))) }
    }
    case 'constant':
      return { rows: node.rows.length, distinct: node.types.map((type) => values(type, node.rows.length)) }
    case 'map':
    case 'temporal': {
      const input = guesses[node.input]
      if (input === null) return null
      const rows = input.rows * (node.filter === null ? 1 : share(node.filter, input))
      const distinct = node.exprs.map((e, i) =>
        e.kind === 'column' ? input.distinct[e.index] : e.kind === 'const' ? 1 : values(node.types[i], rows),
      )
      return atMost({ rows, distinct })
    }
    case 'flatMap': {
      const input = guesses[node.input]
      if (input === null) return null
      const rows = input.rows * expanded(node.fn, node.args)
      return { rows, distinct: node.types.map((type, i) => input.distinct[i] ?? values(type, rows)) }
    }
    case 'arrival': {
      // All that is there now has one time.
      const input = guesses[node.input]
      return input === null ? null : { ...input, distinct: [...input.distinct, 1] }
    }
    case 'onTime': {
      const input = guesses[node.input]
      if (input === null) return null
      const rows = input.rows * (node.late ? LATE_SHARE : 1)
      return atMost({ rows, distinct: node.columns.map((c) => input.distinct[c]) })
    }
    case 'union': {
      const inputs = node.inputs.map((i) => guesses[i])
      if (inputs.includes(null)) return null
      const rows = inputs.reduce((sum, input) => sum + input!.rows, 0)
      return { rows, distinct: node.types.map((_, c) => Math.max(...inputs.map((input) => input!.distinct[c]))) }
    }
    case 'join':
      return joined(node, guesses[node.left], guesses[node.right])
    case 'deltaJoin':
      return deltaJoined(node, guesses)
    case 'asofJoin':
    case 'lookupJoin': {
      const [left, right] = [guesses[node.left], guesses[node.right]]
      return left === null || right === null
        ? null
        : atMost({ rows: left.rows, distinct: [...left.distinct, ...right.distinct] })
    }
    case 'aggregate': {
      if (node.keys.length === 0) return { rows: 1, distinct: node.types.map(() => 1) }
      const input = guesses[node.input]
      if (input === null) return null
      const rows = combinations(node.keys, input)
      return atMost({ rows, distinct: node.types.map((type, i) => input.distinct[node.keys[i]] ?? values(type, rows)) })
    }
    case 'distinct': {
      const input = guesses[node.input]
      return input === null ? null : { ...input, rows: combinations([...node.types.keys()], input) }
    }
    case 'setOp': {
      const [left, right] = [guesses[node.left], guesses[node.right]]
      if (left === null || right === null) return null
      return atMost({ ...left, rows: node.type === 'except' ? left.rows : Math.min(left.rows, right.rows) })
    }
    case 'topK':
    case 'rowNumber':
    case 'window': {
      const input = guesses[node.input]
      if (input === null) return null
      const most = node.op === 'topK' ? node.limit : node.op === 'rowNumber' ? node.atMost : null
      const parts = node.partition.length === 0 ? 1 : combinations(node.partition, input)
      const rows = most === null ? input.rows : Math.min(input.rows, most * parts)
      return atMost({ rows, distinct: node.types.map((type, i) => input.distinct[i] ?? values(type, rows)) })
    }
    case 'atMostOne':
    case 'negate':
    case 'expire':
    case 'emitPeriodic':
    case 'emitOnClose':
      return guesses[node.input]
    case 'scope':
    case 'import':
    case 'variable':
      return null
    default:
      return unreachable(node)
  }
}

function joined(node: Extract<PhysicalNode, { op: 'join' }>, left: Guess | null, right: Guess | null): Guess | null {
  if (left === null || right === null) return null
  let rows = left.rows * right.rows
  node.leftKeys.forEach((key, i) => {
    rows /= Math.max(1, left.distinct[key], right.distinct[node.rightKeys[i]])
  })
  const both = [...left.distinct, ...right.distinct]
  if (node.residual !== null) rows *= share(node.residual, { rows, distinct: both })
  switch (node.type) {
    case 'semi':
    case 'anti':
      return atMost({ rows: left.rows * OTHER_SHARE, distinct: left.distinct })
    case 'left':
      return atMost({ rows: Math.max(rows, left.rows), distinct: both })
    case 'right':
      return atMost({ rows: Math.max(rows, right.rows), distinct: both })
    case 'full':
      return atMost({ rows: Math.max(rows, left.rows, right.rows), distinct: both })
    case 'inner':
      return atMost({ rows, distinct: both })
  }
}

function deltaJoined(
  node: Extract<PhysicalNode, { op: 'deltaJoin' }>,
  guesses: readonly (Guess | null)[],
): Guess | null {
  const inputs = node.inputs.map((input) => guesses[input])
  if (inputs.includes(null)) return null
  const distinct = inputs.flatMap((input) => input!.distinct)
  let rows = inputs[0]!.rows
  for (const { input, probe, key } of node.paths[0]) {
    rows *= inputs[input]!.rows
    key.forEach((c, i) => {
      rows /= Math.max(1, distinct[probe[i]], inputs[input]!.distinct[c])
    })
  }
  return atMost({ rows, distinct })
}

/** Rows that a table function makes of one: known of series between constants, as hopping windows have them. */
function expanded(fn: string, [low, high]: readonly Scalar[]): number {
  const known = fn === 'generate_series(int4,int4)' && low.kind === 'const' && high.kind === 'const'
  return known ? Math.max(0, Number(high.value) - Number(low.value) + 1) : ROWS_EXPANDED
}

/** No column has more values than there are rows. */
const atMost = ({ rows, distinct }: Guess): Guess => ({ rows, distinct: distinct.map((d) => Math.min(d, rows)) })

/** Values of a column that is no key. */
const values = (type: SqlType, rows: number): number =>
  Math.min(rows, type.kind === 'bool' ? 2 : Math.max(1, rows / ROWS_A_VALUE))

/** Different combinations of some columns. */
const combinations = (columns: readonly number[], { rows, distinct }: Guess): number =>
  Math.min(
    rows,
    columns.reduce((product, c) => product * Math.max(1, distinct[c]), 1),
  )

/** The rows that pass a condition. */
function share(predicate: Scalar, input: Guess): number {
  return conjuncts(predicate).reduce((product, c) => product * shareOf(c, input), 1)
}

function shareOf(s: Scalar, input: Guess): number {
  switch (s.kind) {
    case 'const':
      return s.value === true ? 1 : 0
    case 'not':
      return 1 - shareOf(s.arg, input)
    case 'or':
      return 1 - s.args.reduce((none, arg) => none * (1 - shareOf(arg, input)), 1)
    case 'isNull':
      return s.negated ? 1 - EQUAL_SHARE : EQUAL_SHARE
    case 'inList':
      return Math.min(1, s.values.length * equalShare(s.arg, input))
    case 'call':
      switch (operatorOf(s.fn)) {
        case '=':
          return Math.min(...s.args.map((arg) => equalShare(arg, input)))
        case '<>':
          return 1 - Math.min(...s.args.map((arg) => equalShare(arg, input)))
        case '<':
        case '<=':
        case '>':
        case '>=':
          return RANGE_SHARE
        case '~~':
        case '~~*':
          return LIKE_SHARE
        default:
          return OTHER_SHARE
      }
    default:
      return OTHER_SHARE
  }
}

const equalShare = (s: Scalar, { distinct }: Guess): number =>
  s.kind === 'column' ? 1 / Math.max(1, distinct[s.index]) : EQUAL_SHARE
