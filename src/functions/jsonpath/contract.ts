import type { JsonNode } from '../../types/json-tree.ts'
import type { EvalEnv } from '../function.ts'
import type { Item } from './items.ts'

/** How a jsonpath is run. */
export type Outcome = 'ok' | 'none' | 'error'
/** Where items go; null: it is enough to know whether there is one. */
export type Sink = Item[] | null

export interface RunOptions {
  readonly root: JsonNode
  /** Null: every variable is null. */
  readonly variables: JsonNode | null
  /** Errors of the path end it quietly. */
  readonly silent: boolean
  /** Moments with and without a zone compare, by the zone of the session. */
  readonly zoned: boolean
  readonly env: EvalEnv
}
