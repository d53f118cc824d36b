import type { FrameBound, WindowFrame } from '../dataflow/window/spec.ts'
import type { WindowCall } from '../plan/window.ts'
import { datumText } from './explain-scalar.ts'

export const columnText = (c: number, names: readonly string[]): string => `#${c}${names[c] ? `:${names[c]}` : ''}`

/** The calls of a window node, with the frames of those that have one. */
export function windowText(calls: readonly WindowCall[], names: readonly string[]): string {
  return calls.map((call) => callText(call, names)).join(', ')
}

function callText(call: WindowCall, names: readonly string[]): string {
  const args = call.args.map((arg, i) =>
    'column' in arg ? columnText(arg.column, names) : datumText(arg.value, call.argTypes[i]),
  )
  const name = call.aggregate?.replace(/\(.*$/, '') ?? call.fn
  const inside = call.aggregate !== null && args.length === 0 ? '*' : args.join(', ')
  const filter = call.filter === null ? '' : ` filter ${columnText(call.filter, names)}`
  const nulls = call.ignoreNulls ? ' ignore nulls' : ''
  return `${name}(${inside})${filter}${nulls}${FRAMED.has(call.fn) ? frameText(call.frame, names) : ''}`
}

const FRAMED: ReadonlySet<string> = new Set(['aggregate', 'first_value', 'last_value', 'nth_value'])

function frameText(frame: WindowFrame, names: readonly string[]): string {
  const { mode, start, end, exclude } = frame
  if (mode === 'range' && start.kind === 'first' && isCurrent(end) && exclude === 'nothing') return ''
  const out = exclude === 'nothing' ? '' : ` exclude ${exclude}`
  return ` ${mode} ${boundText(start, 'preceding', names)} to ${boundText(end, 'following', names)}${out}`
}

const isCurrent = (bound: FrameBound): boolean => bound.kind === 'offset' && bound.by === 0

function boundText(bound: FrameBound, unbounded: string, names: readonly string[]): string {
  if (bound.kind === 'value') return columnText(bound.column, names)
  if (bound.kind !== 'offset') return `unbounded ${unbounded}`
  if (bound.by === 0) return 'current row'
  return bound.by < 0 ? `${-bound.by} preceding` : `${bound.by} following`
}
