import { assert, unreachable } from '../base/assert.ts'
import type { Fanout } from '../dataflow/edge.ts'
import { AggregateOperator } from '../dataflow/operators/aggregate.ts'
import { ArrivalOperator } from '../dataflow/operators/arrival.ts'
import { AsofJoinOperator } from '../dataflow/operators/asof-join.ts'
import { AtMostOneOperator } from '../dataflow/operators/at-most-one.ts'
import { ConstantOperator } from '../dataflow/operators/constant.ts'
import { DistinctOperator } from '../dataflow/operators/distinct.ts'
import { EmitOnCloseOperator } from '../dataflow/operators/emit-on-close.ts'
import { EmitPeriodicOperator } from '../dataflow/operators/emit-periodic.ts'
import { ErrorPositionsOperator } from '../dataflow/operators/error-positions.ts'
import { ExpireOperator } from '../dataflow/operators/expire.ts'
import { FlatMapOperator } from '../dataflow/operators/flat-map.ts'
import { LookupJoinOperator } from '../dataflow/operators/lookup-join.ts'
import { MapOperator } from '../dataflow/operators/map.ts'
import { NegateOperator } from '../dataflow/operators/negate.ts'
import { OnTimeOperator } from '../dataflow/operators/on-time.ts'
import { RowNumberOperator } from '../dataflow/operators/row-number.ts'
import { SetOpOperator } from '../dataflow/operators/set-op.ts'
import { TemporalOperator } from '../dataflow/operators/temporal.ts'
import { TopKOperator } from '../dataflow/operators/top-k.ts'
import { UnionOperator } from '../dataflow/operators/union.ts'
import { WindowOperator } from '../dataflow/operators/window.ts'
import { looksOf } from '../dataflow/window/looks.ts'
import { onTimeFilter } from '../plan/on-time.ts'
import type { PhysicalNode } from '../plan/physical.ts'
import { BATCH_ROWS_MAX } from '../types/batch.ts'
import { batchFromRows, splitBatch } from '../types/batch-build.ts'
import type { Build } from './build.ts'
import { renderDeltaJoin } from './delta-join.ts'
import { expandProgram } from './expand.ts'
import { aggregateRow } from './function-rows.ts'
import { renderJoin } from './join.ts'
import { filterProgram, mapProgram } from './programs.ts'
import { renderScope } from './scope.ts'
import { renderScoped } from './scoped.ts'
import { temporalProgram } from './temporal.ts'
import { windowCalls } from './window-calls.ts'

/** Turns a node into operators and tells where its output is: the plan's node `number`, or one made from it. */
export function renderOp(build: Build, number: number, node: PhysicalNode): Fanout {
  const { states, context } = build
  const identity = { ...build.identity(number), stateId: build.stateId(number, node.op) }
  const input = (of: number) => build.edge(of).pipe()
  switch (node.op) {
    case 'get': {
      const get = build.makeGet(number, node)
      build.gets.push(get)
      const edge = build.add(get)
      if (node.errorPositions === undefined) return edge
      return build.add(new ErrorPositionsOperator(identity, edge.pipe(), new Map(node.errorPositions)))
    }
    case 'import':
      return build.source('import', node.index, [], false)
    case 'variable':
      return build.source('variable', node.index, [], false)
    case 'constant': {
      const rows = splitBatch(batchFromRows(node.types, node.rows), BATCH_ROWS_MAX)
      return build.add(new ConstantOperator(identity, node.types, rows, states))
    }
    case 'map': {
      const pipe = input(node.input)
      const program = mapProgram(node.filter, node.exprs, context)
      return build.add(new MapOperator(identity, pipe, node.types, program, node.places))
    }
    case 'temporal': {
      const program = temporalProgram(node, context)
      return build.add(new TemporalOperator({ ...identity, types: node.types, program }, input(node.input), states))
    }
    case 'flatMap': {
      const pipe = input(node.input)
      const made = node.types.slice(pipe.types.length)
      const program = expandProgram(node, made, node.position, context)
      return build.add(new FlatMapOperator(identity, pipe, node.types, program, build.clock !== null))
    }
    case 'union':
      return build.add(new UnionOperator(identity, node.inputs.map(input), node.types))
    case 'negate':
      return build.add(new NegateOperator(identity, input(node.input)))
    case 'join':
      return renderJoin(build, number, node)
    case 'deltaJoin':
      assert(build.clock === null, 'a scope joins two and two')
      return renderDeltaJoin(build, number, node)
    case 'scope':
      return build.clock === null ? renderScope(build, number, node) : renderScoped(build, number, node, true)
  }
  if (build.clock !== null) return renderScoped(build, number, node, true)
  switch (node.op) {
    case 'aggregate': {
      const aggregates = node.aggregates.map(({ fn, ...call }) => ({ strategy: aggregateRow(fn).strategy, ...call }))
      const { keys, types, forms } = node
      const appendOnly = build.nodes[node.input]?.appendOnly ?? false
      return build.add(
        new AggregateOperator({ ...identity, keys, aggregates, appendOnly, types, forms }, input(node.input), states),
      )
    }
    case 'distinct':
      return build.add(new DistinctOperator({ ...identity, forms: node.forms }, input(node.input), states))
    case 'setOp': {
      const { type, all, forms } = node
      return build.add(
        new SetOpOperator({ ...identity, type, all, forms }, input(node.left), input(node.right), states),
      )
    }
    case 'topK': {
      const { partition, order, limit, offset, ties } = node
      const spec = { ...identity, partition, order, limit, offset, ...(ties && { ties }) }
      return build.add(new TopKOperator(spec, input(node.input), states))
    }
    case 'rowNumber': {
      const { partition, order, atMost } = node
      return build.add(new RowNumberOperator({ ...identity, partition, order, atMost }, input(node.input), states))
    }
    case 'onTime': {
      const { relation, columns, types, late } = node
      const filter = filterProgram(onTimeFilter(node, build.nodes[node.input].types), context)
      const spec = { ...identity, relation, columns, types, late, filter }
      return build.add(new OnTimeOperator(spec, input(node.input), states))
    }
    case 'emitOnClose': {
      const bounds = { bound: build.closers.bound(node.terms), clock: build.closers.clockBound(node.terms) }
      const spec = { ...identity, column: node.column, ...bounds }
      return build.add(new EmitOnCloseOperator(spec, input(node.input), states))
    }
    case 'window': {
      const { partition, order } = node
      const countsGone = node.release?.[0]?.ordered === true && looksOf(node.calls).counts
      const spec = { ...identity, partition, order, calls: windowCalls(node), ...(countsGone && { countsGone }) }
      return build.add(new WindowOperator(spec, input(node.input), states))
    }
    case 'asofJoin': {
      const { compare } = node.nearest
      const left = { input: input(node.left), keys: node.leftKeys, time: node.nearest.left }
      const right = { input: input(node.right), keys: node.rightKeys, time: node.nearest.right }
      const operator = new AsofJoinOperator({ ...identity, left, right, compare, outer: node.outer }, states)
      if (node.release && build.clock === null) build.closers.addNearest(operator, node.release)
      return build.add(operator)
    }
    case 'lookupJoin': {
      const left = { input: input(node.left), keys: node.leftKeys }
      return build.add(
        new LookupJoinOperator({
          ...identity,
          left,
          right: build.arranged(node.right, node.rightKeys),
          outer: node.outer,
        }),
      )
    }
    case 'arrival':
      return build.add(new ArrivalOperator(identity, input(node.input)))
    case 'expire':
      return build.add(new ExpireOperator({ ...identity, ttlMicros: node.ttlMicros }, input(node.input), states))
    case 'emitPeriodic': {
      const spec = { ...identity, everyMicros: node.everyMicros }
      return build.add(new EmitPeriodicOperator(spec, input(node.input), states))
    }
    case 'atMostOne':
      return build.add(new AtMostOneOperator({ ...identity, keys: node.keys }, input(node.input), states))
    default:
      return unreachable(node)
  }
}
