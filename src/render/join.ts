import type { Fanout } from '../dataflow/edge.ts'
import { FlatMapOperator } from '../dataflow/operators/flat-map.ts'
import { JoinOperator } from '../dataflow/operators/join.ts'
import { MapOperator, type MapProgram } from '../dataflow/operators/map.ts'
import { UnionOperator } from '../dataflow/operators/union.ts'
import type { Scalar } from '../plan/scalar.ts'
import { nullColumn } from '../types/column-shape.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { Build } from './build.ts'
import { columnsRead } from './columns-read.ts'
import { constantExpansion, constantSide } from './constant-expand.ts'
import { type JoinNode, renderMatches } from './matches.ts'
import { filterProgram } from './programs.ts'
import { columnsOf, shiftColumns } from './scalar-columns.ts'
import { renderScoped } from './scoped.ts'

/**
 * An outer join is three parts: the inner join, and for each preserved side its rows without a match (an anti join),
 * padded with NULLs. The parts share the arrangements; the inner join alone speaks of errors.
 */
export function renderJoin(build: Build, number: number, node: JoinNode): Fanout {
  switch (node.type) {
    case 'inner':
      return (
        expansion(build, number, node) ??
        inner(build, number, node, false, columnsRead(build.nodes, number, build.root))
      )
    case 'semi':
    case 'anti':
      return semi(build, number, node)
    default:
      return outer(build, number, node)
  }
}

/** A cross join with a table function of constants: neither side need be kept. */
function expansion(build: Build, number: number, node: JoinNode): Fanout | null {
  if (node.leftKeys.length > 0 || node.residual !== null || build.clock !== null) return null
  const side = constantSide(build.nodes, node.right)
  if (side === null) return null
  const program = constantExpansion(side, build.nodes[node.right].types, build.context)
  if (program === null) return null
  const input = build.edge(node.left).pipe()
  return build.add(new FlatMapOperator(build.identity(number), input, node.types, program))
}

function inner(
  build: Build,
  number: number,
  node: JoinNode,
  errorsOnly: boolean,
  wanted: readonly number[] | null = null,
): Fanout {
  const left = build.arranged(node.left, node.leftKeys)
  const right = build.arranged(node.right, node.rightKeys)
  const residual = node.residual === null ? null : filterProgram(node.residual, build.context)
  const residualReads = node.residual === null ? null : [...columnsOf(node.residual, new Set())]
  const { nullSafe } = node
  const iterations = build.clock
  return build.add(
    new JoinOperator({
      ...build.identity(number),
      left,
      right,
      nullSafe,
      residual,
      residualReads,
      wanted,
      iterations,
      errorsOnly,
    }),
  )
}

/** A condition beyond the keys reports its errors through an inner join that emits nothing else. */
function semi(build: Build, number: number, node: JoinNode): Fanout {
  if (node.residual === null) return matches(build, number, node, true, node.type)
  const rows = matches(build, number, node, false, node.type)
  const errors = inner(build, number, node, true)
  return build.add(new UnionOperator(build.identity(number), [rows.pipe(), errors.pipe()], node.types))
}

function matches(build: Build, number: number, node: JoinNode, forwardsErrors: boolean, part: string): Fanout {
  if (build.clock === null) return renderMatches(build, number, node, forwardsErrors, part)
  return renderScoped(build, number, node, forwardsErrors, part)
}

function outer(build: Build, number: number, node: JoinNode): Fanout {
  const leftTypes = build.edge(node.left).types
  const rightTypes = build.edge(node.right).types
  const parts = [inner(build, number, { ...node, type: 'inner' }, false)]
  if (node.type !== 'right') {
    const alone = matches(build, number, { ...node, type: 'anti', types: leftTypes }, false, 'left-alone')
    parts.push(padded(build, number, node, alone, [], rightTypes))
  }
  if (node.type !== 'left') {
    const swapped: JoinNode = {
      ...node,
      type: 'anti',
      left: node.right,
      right: node.left,
      leftKeys: node.rightKeys,
      rightKeys: node.leftKeys,
      ...(node.release && {
        release: node.release.map((r) => ({ ...r, of: r.of === 'left' ? ('right' as const) : ('left' as const) })),
      }),
      residual: node.residual === null ? null : swap(node.residual, leftTypes.length, rightTypes.length),
      types: rightTypes,
    }
    const alone = matches(build, number, swapped, false, 'right-alone')
    parts.push(padded(build, number, node, alone, leftTypes, []))
  }
  const pipes = parts.map((part) => part.pipe())
  return build.add(new UnionOperator(build.identity(number), pipes, node.types))
}

/** The same condition over right then left columns. */
function swap(residual: Scalar, left: number, right: number): Scalar {
  return shiftColumns(residual, (index) => (index < left ? index + right : index - left))
}

function padded(
  build: Build,
  number: number,
  node: JoinNode,
  rows: Fanout,
  before: readonly SqlType[],
  after: readonly SqlType[],
): Fanout {
  const nulls = (types: readonly SqlType[], n: number) => types.map((type) => nullColumn(type, n))
  const program: MapProgram = (cols, n) => {
    return { n, cols: [...nulls(before, n), ...cols, ...nulls(after, n)] }
  }
  return build.add(new MapOperator(build.identity(number), rows.pipe(), node.types, program))
}
