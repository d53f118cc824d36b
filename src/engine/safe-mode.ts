import { SqlError } from '../base/sql-error.ts'
import type { OperatorBase } from '../dataflow/operator.ts'
import { getMeta, putMeta } from '../state/meta.ts'
import type { Store } from '../state/store.ts'
import { resultReaders } from './result-sharing.ts'
import type { TickFailure, World } from './world.ts'

/**
 * Safe mode: a tick that was journaled cannot be run, and trying again at every start would be a crash loop. From the
 * second failing start on the server stops before that tick: it answers reads as of the last good one, and takes no
 * writes and no records of sources. Dropping the view that fails lets the rest go on; another build tries again.
 */

/** Starts that fail at one tick until the server pauses before it. */
export const FAILING_STARTS_MAX = 2

/** The replay of a tick threw: a mistake of ours, and the state is half of that tick. */
export class ReplayFailure extends Error {
  readonly failure: TickFailure

  constructor(failure: TickFailure, cause: unknown) {
    super(`${describe(failure)}; a second start that fails at it pauses the dataflows (safe mode)`, { cause })
    this.name = 'ReplayFailure'
    this.failure = failure
  }
}

/** What was running when the newest tick ended by an exception. */
export function failureOf(world: World, tick: number, error: unknown): TickFailure {
  const at = world.circuit.running
  const view = [...world.views.values()].find((v) => at !== null && owns(v, at))
  const operator = at === null ? null : at.id > 0 ? `${at.name} (operator ${at.id})` : at.name
  const name = view === undefined ? null : (world.catalog.byId(view.id)?.name ?? null)
  return { tick, object: view?.id ?? null, view: name, operator, error: String(error) }
}

function owns(
  view: {
    readonly rendered: { readonly operators: readonly OperatorBase[] }
    readonly gates: readonly { readonly gate: OperatorBase }[]
  },
  operator: OperatorBase,
): boolean {
  return view.rendered.operators.includes(operator) || view.gates.some(({ gate }) => gate === operator)
}

export function describe({ tick, view, operator, error }: TickFailure): string {
  const place = [operator, view === null ? null : `materialized view "${view}"`].filter((part) => part !== null)
  return `tick ${tick} cannot be run${place.length === 0 ? '' : ` in ${place.join(' of ')}`}: ${error}`
}

/** 55000: what everything that would change something answers. */
export function safeModeError(world: World): SqlError {
  const failure = world.safeMode!
  const names = toDrop(world, failure).join(', ')
  const drop =
    failure.view === null
      ? 'Dropping the view in which it cannot be run lets the others go on. '
      : names === ''
        ? ''
        : `DROP MATERIALIZED VIEW ${names} lets the others go on. `
  return new SqlError('55000', 'the server is in safe mode: its dataflows are paused', {
    detail: `${sentence(describe(failure))} Reads answer as of tick ${world.tick}, the last good one.`,
    hint: `${drop}A restart with a version in which this is mended goes on with everything.`,
  })
}

/** The view that fails; once it was dropped, those that still read its result. */
function toDrop(world: World, { object, view }: TickFailure): string[] {
  if (object === null || view === null) return []
  if (world.views.get(object)?.dropped !== true) return [view]
  return resultReaders(world, object).flatMap((id) => world.catalog.byId(id)?.name ?? [])
}

export function refuseInSafeMode(world: World): void {
  if (world.safeMode !== null) throw safeModeError(world)
}

const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`)

const RECORD = 'failing tick'

/** Counts the failure durably; gives the number of starts that failed at this tick. */
export async function countFailure(store: Store, failure: TickFailure): Promise<number> {
  const known = await readFailures(store)
  const starts = known?.tick === failure.tick ? known.starts + 1 : 1
  const value = Buffer.from(JSON.stringify({ ...failure, starts }))
  await store.commit([putMeta(RECORD, value)])
  return starts
}

/** What earlier starts failed at; it means nothing once that tick has run. */
export async function readFailures(store: Store): Promise<(TickFailure & { readonly starts: number }) | null> {
  const bytes = await getMeta(store, RECORD)
  return bytes === undefined ? null : JSON.parse(Buffer.from(bytes).toString())
}
