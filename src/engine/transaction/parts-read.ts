import type { Pieces } from '../../base/slices.ts'
import { consolidate } from '../../dataflow/consolidate.ts'
import { pick } from '../../dataflow/keys.ts'
import type { EvalEnv } from '../../functions/function.ts'
import { objectsOf } from '../../plan/objects-of.ts'
import type { PhysicalPlan } from '../../plan/physical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { someScalar } from '../../plan/scalar-walk.ts'
import { inputsOf } from '../../plan/sub-plans.ts'
import { compileRow, type RowFn } from '../../render/closure.ts'
import { scalarRow } from '../../render/function-rows.ts'
import type { DeltaLog } from '../../serve/delta-log.ts'
import type { Batch } from '../../types/batch.ts'
import { takeBatch } from '../../types/batch-build.ts'
import type { SqlType } from '../../types/sql-type.ts'

/** Parts of one relation that a transaction remembers; with more it has read all of it. */
export const PARTS_MAX = 256

/** What a plan reads of a relation: the columns, of the rows for which the filter is true. */
interface Part {
  readonly columns: readonly number[]
  readonly filter: Scalar
}

interface KnownPart {
  readonly columns: readonly number[]
  readonly filter: RowFn
  readonly env: EvalEnv
}

/** A table or a view. */
interface RelationRead {
  readonly changedTick: number
  /** Changes of the tick that commits, before the transaction's own. */
  readonly staged?: readonly Batch[]
  /** It is read with a watermark beside each row, which its log does not have. */
  readonly eventTime?: object | null
}

/**
 * What a transaction read of one table or view by filters: key ranges, lists of keys, any other predicate. A part is as it
 * was when the relation's changes since the transaction's snapshot, old rows and new, sum up to nothing in the columns that were
 * read, over the rows that satisfy the filter: so rows that came into a range count, and those that left it.
 * Costs nothing until commit; there, per changed row of the relation, one evaluation per part.
 */
export class PartsRead {
  readonly #relation: RelationRead
  readonly #log: DeltaLog
  /** Of its changes, the first after the snapshot; null: they are not all kept any more. */
  readonly #from: number | null
  readonly #parts: KnownPart[] = []
  #all = false

  /** Made when the transaction first touches the relation: its log is there from then on. */
  constructor(
    relation: RelationRead,
    log: DeltaLog,
    snapshot: { readonly tick: number; readonly timestampMs: number },
  ) {
    this.#relation = relation
    this.#log = log
    if (relation.changedTick <= snapshot.tick) this.#from = log.end
    else this.#from = log.sinceMs <= snapshot.timestampMs ? log.seqAfter(snapshot.timestampMs) : null
  }

  addAll(): void {
    this.#all = true
  }

  /** What the plan, whose parameters are bound, reads of it under this id. */
  add(plan: PhysicalPlan, object: number, env: EvalEnv): void {
    const parts = this.#relation.eventTime ? null : partsOf(plan, object)
    this.#all ||= parts === null || this.#parts.length + parts.length > PARTS_MAX
    if (this.#all) return
    for (const { columns, filter } of parts ?? [])
      this.#parts.push({ columns, filter: compileRow(filter, { env, params: [] }), env })
  }

  /** Whether anything that was read is not as it was; inside the tick that commits. */
  *changed(): Pieces<boolean> {
    if (this.#all) return true
    if (this.#parts.length === 0) return false
    if (this.#from === null || this.#from < this.#log.firstSeq) return true
    const found: Batch[][] = this.#parts.map(() => [])
    const changes = [
      ...this.#log.entriesFrom(this.#from).flatMap(({ batches }) => batches),
      ...(this.#relation.staged ?? []),
    ]
    for (const batch of changes) {
      for (const [p, part] of this.#parts.entries()) found[p]!.push(within(batch, part))
      yield
    }
    return found.some((batches) => consolidate(batches).length > 0)
  }
}

/** Null: all of it, or what cannot be told again from the rows. */
function partsOf(plan: PhysicalPlan, object: number): Part[] | null {
  const parts: Part[] = []
  for (const [number, node] of plan.nodes.entries()) {
    if (node.op === 'scope' && objectsOf({ ...plan, nodes: node.body }).includes(object)) return null
    if (node.op !== 'get' || node.object !== object) continue
    if (number === plan.root) return null
    for (const reader of plan.nodes) {
      if (!inputsOf(reader).includes(number)) continue
      if (reader.op !== 'map' || reader.filter === null || someScalar(reader.filter, mayChange)) return null
      parts.push({ columns: node.columns, filter: reader.filter })
    }
  }
  return parts
}

/** Its value for the same row may be another one at commit. */
function mayChange(scalar: Scalar): boolean {
  switch (scalar.kind) {
    case 'call':
    case 'anyAll':
      return scalarRow(scalar.fn).volatility !== 'immutable'
    case 'cast':
      // 'now' and 'today' are texts of a time.
      return TIMES.has(scalar.type.kind) && !TIMES.has(scalar.arg.type.kind)
    default:
      return false
  }
}

const TIMES: ReadonlySet<SqlType['kind']> = new Set(['date', 'time', 'timestamp', 'timestamptz'])

function within(batch: Batch, { columns, filter, env }: KnownPart): Batch {
  const cols = pick(batch.cols, columns)
  const rows = new Int32Array(batch.n)
  const frame = { env, position: -1 }
  let n = 0
  for (let i = 0; i < batch.n; i++) {
    try {
      if (filter(cols, i, frame) !== true) continue
    } catch {
      // An error of a row is an answer, too: it counts as one that was read.
    }
    rows[n++] = i
  }
  return takeBatch({ n: batch.n, diffs: batch.diffs, cols }, rows, n)
}
