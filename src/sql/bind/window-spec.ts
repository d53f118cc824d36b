import type { Expr, Frame, NamedWindow, OrderItem, WindowSpec } from '../../../grammar/ast.ts'
import type { Ident } from '../../../grammar/ast-base.ts'
import { bindError, type Place } from './bind-error.ts'
import { handled } from './handled.ts'

/** A window definition with what it takes over from another one. */
export interface WindowDefinition {
  readonly partitionBy: readonly Expr[]
  readonly orderBy: readonly OrderItem[]
  readonly frame: Frame | undefined
  /** What errors about the definition point at. */
  readonly at: Place
}

/** The definition of each name of a WINDOW clause; a definition may build on those before it. */
export function namedWindows(windows: readonly NamedWindow[]): ReadonlyMap<string, WindowDefinition> {
  const known = new Map<string, WindowDefinition>()
  for (const window of windows) {
    const { name } = window.name
    if (known.has(name)) throw bindError('42P20', `window "${name}" is already defined`, window.spec)
    known.set(
      name,
      windowDefinition(window.spec, (base) => known.get(base)),
    )
  }
  return known
}

/** The window of an OVER clause. `OVER w` is that window as it is, `OVER (w …)` a new one that builds on it. */
export function windowDefinition(
  over: Ident | WindowSpec,
  named: (name: string) => WindowDefinition | undefined,
): WindowDefinition {
  const find = (name: string, at: Place): WindowDefinition => {
    const found = named(name)
    if (!found) throw bindError('42704', `window "${name}" does not exist`, at)
    return found
  }
  if (over.kind === 'ident') return find(over.name, over)
  handled(over, ['base', 'partitionBy', 'orderBy', 'frame'])
  const { partitionBy, orderBy, frame } = over
  if (!over.base) return { partitionBy, orderBy, frame, at: over }
  const name = over.base.name
  const base = find(name, over)
  if (partitionBy.length > 0) throw bindError('42P20', `cannot override PARTITION BY clause of window "${name}"`, over)
  if (orderBy.length > 0 && base.orderBy.length > 0) {
    throw bindError('42P20', `cannot override ORDER BY clause of window "${name}"`, over)
  }
  if (base.frame) {
    const message = `cannot copy window "${name}" because it has a frame clause`
    const bare = orderBy.length === 0 && !frame
    throw bindError('42P20', message, over, bare ? { hint: 'Omit the parentheses in this OVER clause.' } : {})
  }
  return { partitionBy: base.partitionBy, orderBy: orderBy.length > 0 ? orderBy : base.orderBy, frame, at: over }
}
