import type { FrameBound, WindowCall as RunningCall } from '../dataflow/window/spec.ts'

/** A call of a window node, over the columns of its input. `aggregate`: the id of the AggregateFunction that it is. */
export type WindowCall = Omit<RunningCall, 'strategy'> & { readonly aggregate: string | null }

/** The columns that a call reads. */
export function windowColumns(call: WindowCall): number[] {
  const columns: number[] = []
  mapWindowColumns(call, (c) => {
    columns.push(c)
    return c
  })
  return columns
}

/** The same call over columns that have moved. */
export function mapWindowColumns(call: WindowCall, to: (column: number) => number): WindowCall {
  const bound = (b: FrameBound): FrameBound => (b.kind === 'value' ? { ...b, column: to(b.column) } : b)
  const { frame } = call
  return {
    ...call,
    args: call.args.map((arg) => ('column' in arg ? { column: to(arg.column) } : arg)),
    filter: call.filter === null ? null : to(call.filter),
    frame: {
      ...frame,
      start: bound(frame.start),
      end: bound(frame.end),
      value: frame.value === null ? null : to(frame.value),
    },
  }
}
