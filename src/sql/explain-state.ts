import type { PhysicalPlan } from '../plan/physical.ts'
import { type Estimate, estimates, type Held, rowBytes, type StoredRelations } from './estimate.ts'

/** What EXPLAIN says of the state of a plan beside the plan itself. */
export interface StateNotes {
  /** For the brackets behind a node. */
  node(number: number): readonly string[]
  /** Lines at the end. */
  readonly after: readonly string[]
  /** The same as members of each node, and of the plan. */
  nodeJson(number: number): object
  readonly json: object
}

/** What a node of a plan did. */
export interface NodeMeasure {
  /** Rows that it handed on, retractions among them; equal ones of one batch count once. */
  readonly made: number
  readonly ms: number
}

/** What a query did that ran. */
export interface Measurement {
  /** null: the answer came from an index, no operator ran. */
  node(number: number): (NodeMeasure & Held & { readonly holds: boolean }) | null
  readonly rows: number
  readonly ms: number
}

/** What a view that runs holds. */
export interface RunningState {
  /** The plan by which it runs: a part that equals another view's plan reads that view's result. */
  readonly plan: PhysicalPlan
  /** Of the node's own structures; null: it has none. */
  node(number: number): Held | null
  /** Since it was made, or the server was started. */
  did(number: number): NodeMeasure
  /** `of`: it is another view's result, which keeps it. */
  readonly result: Held & { readonly of: string | null }
  /** Arrangements directly over relations, kept once for all views that use them. */
  readonly shared: readonly (Held & { readonly relation: string })[]
}

/** Of a view that runs: what it really holds. */
export function runningNotes(state: RunningState): StateNotes {
  const { result, shared } = state
  return {
    node(number) {
      const held = state.node(number)
      return held === null ? [] : [`holds ${heldText(held, '')}`]
    },
    after: [
      result.of === null ? `result: ${heldText(result, '')}` : `result: that of ${result.of}`,
      ...shared.map((held) => `shared arrangement of ${held.relation}: ${heldText(held, '')}`),
    ],
    nodeJson(number) {
      const held = state.node(number)
      return held === null ? {} : { held }
    },
    json: { result, shared },
  }
}

/** Of a query: guesses, marked with `~`. `keeps`: it is a view, whose result is kept too. */
export function estimateNotes(plan: PhysicalPlan, stored: StoredRelations, keeps: boolean): StateNotes {
  const guesses = estimates(plan.nodes, stored)
  const { rows } = guesses[plan.root]
  const result: Held | null = rows === null ? null : { rows, bytes: rows * rowBytes(plan.types) }
  return {
    node: (number) => guessTexts(guesses[number]),
    after: !keeps ? [] : [result === null ? 'result: size unknown' : `result: ${heldText(result, '~')}`],
    nodeJson(number) {
      const { rows: made, held, unknown } = guesses[number]
      return { estimate: { rows: made, ...(held === null && !unknown ? {} : { held }) } }
    },
    json: keeps ? { estimate: { result } } : {},
  }
}

function guessTexts({ rows, held, unknown, freed }: Estimate): string[] {
  const texts = rows === null ? [] : [`gives ~${rowsText(rows)}`]
  if (unknown) texts.push('size unknown')
  else if (held !== null) texts.push(`holds ${freed ? 'at most ' : ''}${heldText(held, '~')}`)
  return texts
}

const heldText = ({ rows, bytes }: Held, about: string): string =>
  `${about}${rowsText(rows)}, ${about}${bytesText(bytes)}`

const rowsText = (rows: number): string => `${rows} row${rows === 1 ? '' : 's'}`

/** As pg_size_pretty writes it, with one place more where that says little. */
function bytesText(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10))
  const amount = bytes / 1024 ** power
  return `${power > 0 && amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${UNITS[power]}`
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const

/** Of a query that ran: what its nodes did, beside what was expected of them. */
export function measuredNotes(expected: StateNotes, measured: Measurement): StateNotes {
  return {
    node(number) {
      const did = measured.node(number)
      if (did === null) return expected.node(number)
      const held = did.holds ? [`held ${heldText(did, '')}`] : []
      return [...expected.node(number), ...didTexts(did), ...held]
    },
    after: [...expected.after, ...totalTexts(measured)],
    nodeJson(number) {
      const did = measured.node(number)
      if (did === null) return expected.nodeJson(number)
      const { made, ms, holds, rows, bytes } = did
      const held = holds ? { held: { rows, bytes } } : {}
      return { ...expected.nodeJson(number), measured: { rows: made, ms: rounded(ms), ...held } }
    },
    json: { ...expected.json, measured: { rows: measured.rows, ms: rounded(measured.ms) } },
  }
}

export const totalTexts = ({ rows, ms }: Measurement): readonly string[] => [
  `result: ${rowsText(rows)}`,
  `time: ${msText(ms)}`,
]

/** Of a view that runs: what its nodes did until now, beside what was expected of them. */
export function analyzedNotes(expected: StateNotes, state: RunningState): StateNotes {
  const now = runningNotes(state)
  return {
    node: (number) => [...expected.node(number), ...didTexts(state.did(number)), ...now.node(number)],
    after: now.after,
    nodeJson(number) {
      const { made, ms } = state.did(number)
      const measured = { rows: made, ms: rounded(ms) }
      return { ...expected.nodeJson(number), ...now.nodeJson(number), measured }
    },
    json: now.json,
  }
}

const didTexts = ({ made, ms }: NodeMeasure): string[] => [`gave ${rowsText(made)}`, `took ${msText(ms)}`]

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000
const msText = (ms: number): string => `${rounded(ms)} ms`
