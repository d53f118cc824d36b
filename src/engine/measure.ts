import type { MeasuredNode } from '../render/measured.ts'
import type { Measurement } from '../sql/explain-state.ts'
import type { CallContext, ReadRequest } from './api.ts'
import { type ReadDeps, read } from './read.ts'

/** A pull whose rows are counted and not sent: what each node of its plan did, and how long it took as a whole. */
export async function measure(deps: ReadDeps, request: ReadRequest, call: CallContext): Promise<Measurement> {
  const { runtime } = deps.world
  const sinceMs = runtime.monotonicMs()
  let node: (number: number) => MeasuredNode | null = () => null
  const { rowCount } = await read(deps, request, call, (measured) => {
    node = measured
  })
  return { node: (number) => node(number), rows: rowCount, ms: runtime.monotonicMs() - sinceMs }
}
