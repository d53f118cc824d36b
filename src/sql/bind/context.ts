import type { Expr, Query } from '../../../grammar/ast.ts'
import type { Name } from '../../../grammar/ast-base.ts'
import { type Notice, SqlError } from '../../base/sql-error.ts'
import type { CatalogSnapshot } from '../../catalog/entry.ts'
import type { NameContext } from '../../catalog/resolve-name.ts'
import type { WindowKind } from '../../functions/calendar-window.ts'
import type { EvalEnv } from '../../functions/function.ts'
import type { Logical, SortKey } from '../../plan/logical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { sameScalar } from '../../plan/scalar-walk.ts'
import { type RowType, type SqlType, UNKNOWN } from '../../types/sql-type.ts'
import type { Interval } from '../../types/value.ts'
import { bindError, type Place } from './bind-error.ts'
import { subqueryKey } from './same-subquery.ts'
import type { Origin, Scope } from './scope.ts'
import { type Slot, slotCall } from './slot.ts'
import type { WindowDefinition } from './window-spec.ts'

/**
 * The plan holds a reading of the clock, so that the same text means another time when it comes again: as a `literal`
 * ('today'), which a prepared statement keeps, as PostgreSQL's does, or where an expression is evaluated once (LIMIT by
 * now()), which each execution does by the `clock` that it finds.
 */
export type OfMoment = 'literal' | 'clock'

/** What binding reads from outside: one catalog snapshot, where names are looked up, what constants are folded with. */
export interface BindEnv extends NameContext {
  readonly catalog: CatalogSnapshot
  readonly evalEnv: EvalEnv
  /** Types that the client gave for parameters ($1 first); undefined where it left them open. */
  readonly paramTypes?: readonly (SqlType | undefined)[]
}

/** A named query of WITH that is in reach. */
export interface NamedQuery {
  readonly name: string
  readonly binding: number
  readonly rowType: RowType
  readonly origins: readonly (Origin | null)[]
  /** Of a query with ORDER BY: its whole row, sort keys behind the columns that have names. */
  readonly ordered?: { readonly row: RowType; readonly keys: readonly SortKey[] }
  /** So many of its last columns are found by their names alone, not by a star: what SEARCH and CYCLE keep. */
  readonly hidden?: number
  /** How often it was read so far. */
  uses: number
}

export interface CteScope {
  readonly parent: CteScope | null
  readonly queries: readonly NamedQuery[]
}

/** A bound query body whose last projection is still open, so that set operations may coerce its literals. */
export interface BoundBody {
  readonly plan: Logical
  readonly columns: readonly BoundColumn[]
}

export interface BoundColumn {
  readonly name: string
  /** Over the columns of `plan`. */
  readonly expr: Scalar
  readonly nullable: boolean
  readonly origin: Origin | null
  /** Where its expression stands, when it is one of the text. */
  readonly at?: Place
}

/** Where an expression stands: which names and which kinds of calls it may use. */
export interface ExprPlace {
  readonly scope: Scope
  readonly ctes: CteScope | null
  /** For messages: `WHERE`, `GROUP BY`, `JOIN conditions`. */
  readonly clause: string
  readonly aggregates: boolean
  readonly windows: boolean
  readonly rows: boolean
  /** What forbids set-returning functions in a clause that has them. */
  readonly rowsNotIn?: 'CASE' | 'COALESCE'
  readonly inAggregate?: boolean
  /** In an argument of a window function, or in the definition of a window. */
  readonly inWindow?: 'call' | 'definition'
  /** The time windows that GROUP BY makes. */
  readonly groupWindows?: readonly GroupWindow[]
  /** The named windows of the SELECT. */
  readonly window?: (name: string) => WindowDefinition | undefined
}

/** A time window of GROUP BY: the call that made it, and its bounds over the relation that is grouped. */
export interface GroupWindow {
  readonly time: Scalar
  readonly spec: TimeWindow
  readonly start: Scalar
  readonly end: Scalar
  /** It is over the time at which rows came. */
  readonly byArrival: boolean
}

/** What a time window is made of. */
export interface TimeWindow {
  readonly kind: WindowKind | 'session'
  /** Of sessions the gap. */
  readonly size: Interval
  /** Slide of hopping, step of cumulating windows. */
  readonly step: Interval | null
  readonly offset: Interval
  readonly zone: string | null
}

/** Binding of a node hands down to the others through this: the tree is mutually recursive, the files are not. */
export interface Recursion {
  expr(st: Statement, node: Expr, place: ExprPlace): Scalar
  query(st: Statement, node: Query, parent: Scope | null, ctes: CteScope | null): Logical
  /** The same with the origins of its columns. */
  queryColumns(
    st: Statement,
    node: Query,
    parent: Scope | null,
    ctes: CteScope | null,
  ): { plan: Logical; origins: readonly (Origin | null)[]; places: readonly (Place | undefined)[] }
  /** The same with its order, the sort keys behind the `width` columns that it has. */
  ordered(
    st: Statement,
    node: Query,
    parent: Scope | null,
    ctes: CteScope | null,
  ): { plan: Logical; origins: readonly (Origin | null)[]; width: number; order: readonly SortKey[] }
  /** The query of a view from the text that made it. */
  view(st: Statement, sql: string): Logical
}

/** What stands before a name in the stored text, in the place of what stands there from `start` on. */
export interface Before {
  readonly start: number
  readonly text: string
}

/** A name in the text that means a catalog object: what stored texts are qualified and renamed by. */
export interface Reference {
  readonly start: number
  readonly end: number
  readonly before: Before | null
  readonly object: number
  /** Whether an alias follows; without one the name itself is what columns are qualified with. */
  readonly aliased: boolean
  /** The name as it qualifies columns. */
  readonly name: string
}

export const DEFAULT_CLAUSE = 'DEFAULT expressions'

export const NESTING_MAX = 128

/** How long the rows of relations in FROM live; `used`: those that were there. */
export interface RowLives {
  readonly micros: ReadonlyMap<string, number>
  readonly used: Set<string>
}

/** What all parts of one statement share while it is bound. */
export class Statement {
  readonly env: BindEnv
  readonly bind: Recursion
  readonly slots: Slot[]
  readonly params: (SqlType | undefined)[]
  /** Ids of the objects read, views included. */
  readonly reads: Set<number>
  /** Ids of what the statement is made of beside relations: functions. */
  readonly uses: Set<number>
  /** Ids of the user's types that are named. */
  readonly types: Set<number>
  /** Names of objects in the statement's own text, views' texts left out. */
  readonly references: Reference[] = []
  /** False inside the text of a view: its offsets mean nothing in the statement's text. */
  readonly positions: boolean
  readonly depth: number
  /** Where the literals stand whose type is not known yet: errors of their text point there. */
  readonly literals = new WeakMap<Scalar, Place>()
  /** The fields of the rows that are written, literals of no type among them. */
  readonly rows = new WeakMap<Scalar, readonly Scalar[]>()
  /** Queries of WITH that were bound, by their binding. */
  readonly named: Map<number, Logical>
  /** What the clauses of streams say, wherever they stand. */
  readonly stream: {
    allowedMicros: number
    retainedMicros: number
    merges: boolean
    maintained?: boolean
    ofMoment?: OfMoment
    readonly notices: Notice[]
  }
  /** STATE_TTL of the SELECT that is being bound. */
  lives: RowLives | null = null
  /** Where the subqueries stand that are being bound, outermost first: what aggregates in them may belong to. */
  readonly places: ExprPlace[] = []
  readonly #subqueries = new Map<string, number>()
  readonly #counter: { binding: number }

  constructor(env: BindEnv, bind: Recursion, outer?: Statement) {
    this.env = env
    this.bind = bind
    this.slots = outer?.slots ?? []
    this.params = outer ? [] : [...(env.paramTypes ?? [])]
    this.reads = outer?.reads ?? new Set()
    this.uses = outer?.uses ?? new Set()
    this.types = outer?.types ?? new Set()
    this.named = outer?.named ?? new Map()
    this.positions = !outer
    this.depth = outer ? outer.depth + 1 : 0
    this.stream = outer?.stream ?? { allowedMicros: 0, retainedMicros: 0, merges: false, notices: [] }
    this.#counter = outer ? outer.#counter : { binding: 0 }
    if (this.depth > NESTING_MAX)
      throw new SqlError('54001', 'views are nested too deeply', {
        hint: `At most ${NESTING_MAX} views and defaults read each other.`,
      })
  }

  refer(name: Name, object: number, aliased: boolean, before: Before | null = null): void {
    const last = name.parts[name.parts.length - 1].name
    this.references.push({ start: name.span.start, end: name.span.end, object, aliased, name: last, before })
  }

  position(at: Place): number {
    return this.positions ? at.span.start : -1
  }

  /** Binds a subquery that stands in an expression. */
  within<T>(place: ExprPlace, bind: () => T): T {
    this.places.push(place)
    try {
      return bind()
    } finally {
      this.places.pop()
    }
  }

  newBinding(): number {
    return ++this.#counter.binding
  }

  slot(slot: Slot, args: readonly Scalar[], type: SqlType, at: Place): Scalar {
    const key = slot.kind === 'subquery' && args.length === 0 ? subqueryKey(slot) : null
    const known = key === null ? undefined : this.#subqueries.get(key)
    const n = known ?? this.slots.push(slot) - 1
    if (key !== null) this.#subqueries.set(key, n)
    return slotCall(n, args, type, this.position(at))
  }

  /** One slot for all uses of one outer value, so that equal expressions stay equal. */
  outer(scope: Scope, expr: Scalar, nullable: boolean, name: string, at: Place): Scalar {
    const known = this.slots.findIndex((s) => s.kind === 'outer' && s.scope === scope && sameScalar(s.expr, expr))
    const n = known >= 0 ? known : this.slots.push({ kind: 'outer', scope, expr, nullable, name, at }) - 1
    return slotCall(n, [], expr.type, -1)
  }

  /** `index` from 0. */
  paramType(index: number): SqlType {
    return this.params[index] ?? UNKNOWN
  }

  inferParam(index: number, type: SqlType): void {
    this.params[index] = type
  }

  /** Every parameter must have a type once the statement is bound. */
  checkParams(at: Place): readonly SqlType[] {
    return Array.from(this.params, (t, i) => {
      if (!t || t.kind === 'unknown')
        throw bindError('42P18', `could not determine data type of parameter $${i + 1}`, at)
      return t
    })
  }
}
