import { SqlError } from '../../base/sql-error.ts'
import { Catalog } from '../../catalog/catalog.ts'
import type { TableEntry } from '../../catalog/entry.ts'
import type {
  CallContext,
  ClockMode,
  DdlStatement,
  Engine,
  ReadRequest,
  ReadResult,
  SubscribeMessage,
  SubscribeRequest,
  Subscription,
  Transaction,
  WriteResult,
  WriteStatement,
} from '../../engine/api.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { batchFromRows } from '../../types/batch-build.ts'
import { INT4, type RowType, TEXT } from '../../types/sql-type.ts'
import type { Datum, Row } from '../../types/value.ts'

export const PUBLIC_SCHEMA = 2200

/**
 * An engine of plain arrays for tests of sessions: tables with inserts, transactions that apply at commit,
 * subscriptions fed by hand. It reads plans of one node: `get` of a table, or `constant`.
 */
export class FakeEngine implements Engine {
  readonly tables = new Map<number, Row[]>()
  readonly log: string[] = []
  /** Subscriptions opened so far. */
  readonly subscriptions: FakeSubscription[] = []
  /** Reads wait for this before they answer. */
  readGate: Promise<void> | null = null
  /** The next commit fails with this. */
  commitError: SqlError | null = null
  batchRows = 3
  mode: ClockMode = 'system'
  nowMs = 1_700_000_000_000
  private current = Catalog.of([
    { kind: 'schema', id: PUBLIC_SCHEMA, name: 'public', schema: 0, sql: 'CREATE SCHEMA public', dependsOn: [] },
  ])

  catalog(): Catalog {
    return this.current
  }
  nowMicros(): number {
    return this.nowMs * 1000
  }
  clock(): ClockMode {
    return this.mode
  }
  setClock(mode: ClockMode): void {
    this.mode = mode
  }
  eventTime() {
    return null
  }
  runningState() {
    return null
  }
  storedRows() {
    return null
  }
  statistics() {
    return null
  }
  async measure() {
    return { node: () => null, rows: 0, ms: 0 }
  }
  async advanceWatermark(): Promise<void> {}
  async advanceClock(toMs: number): Promise<void> {
    this.nowMs = toMs
  }

  addTable(name: string, columns: RowType, rows: readonly Row[] = []): number {
    const id = this.current.nextId
    const entry: TableEntry = {
      kind: 'table',
      id,
      name,
      schema: PUBLIC_SCHEMA,
      sql: `CREATE TABLE ${name} …`,
      dependsOn: [],
      columns: columns.map((c) => ({ name: c.name, type: c.type, notNull: !c.nullable, defaultSql: null })),
      primaryKey: null,
      fedBy: null,
    }
    this.current = this.current.apply([{ kind: 'put', entry }])
    this.tables.set(id, [...rows])
    return id
  }
  dropTable(id: number): void {
    this.current = this.current.apply([{ kind: 'remove', id }])
    this.tables.delete(id)
  }

  async read(request: ReadRequest, call: CallContext): Promise<ReadResult> {
    this.log.push('read')
    return this.readFrom(this.tables, request, call)
  }

  async readFrom(
    tables: ReadonlyMap<number, readonly Row[]>,
    request: ReadRequest,
    call: CallContext,
  ): Promise<ReadResult> {
    if (this.readGate !== null) await abortable(this.readGate, call.signal)
    const [node] = request.plan.nodes
    const rows = node.op === 'get' ? (tables.get(node.object) ?? []) : node.op === 'constant' ? node.rows : []
    if (node.op === 'get' && !tables.has(node.object)) throw new SqlError('XX000', 'no such table')
    const bound = rows.map((row) => row.map((value) => value))
    const types = request.fields.map((field) => field.type)
    const projected = node.op === 'constant' && request.params.length > 0 ? [request.params] : bound
    const batches = []
    for (let i = 0; i < projected.length; i += this.batchRows) {
      batches.push(batchFromRows(types, projected.slice(i, i + this.batchRows)))
    }
    return { tick: 1, timestampMs: 1, rowCount: projected.length, batches }
  }

  async write(statement: WriteStatement, _call: CallContext, params: Row): Promise<WriteResult> {
    this.log.push('write')
    return applyWrite(this.tables, statement, params)
  }

  async ddl(statement: DdlStatement): Promise<null> {
    this.log.push(`ddl ${statement.kind}`)
    if (statement.kind === 'createTable') {
      this.addTable(
        statement.name,
        statement.columns.map((c) => ({ name: c.name, type: c.type, nullable: !c.notNull })),
      )
    } else if (statement.kind === 'drop') for (const id of statement.objects) this.dropTable(id)
    return null
  }

  begin(options: { readonly readOnly: boolean }): Transaction {
    this.log.push(options.readOnly ? 'begin read only' : 'begin')
    const own = new Map([...this.tables].map(([id, rows]) => [id, [...rows]]))
    return {
      read: (request, call) => this.readFrom(own, request, call),
      write: async (statement, _call, params) => applyWrite(own, statement, params),
      lockRows: async () => {},
      setConstraints: async () => {},
      savepoint: () => ({
        changes: new Map(),
        bytes: 0,
        locks: 0,
        restarted: 0,
        deferred: { checks: 0, all: null, some: new Map() },
      }),
      rollbackTo: () => {
        this.log.push('rollback to')
      },
      commit: async () => {
        this.log.push('commit')
        const error = this.commitError
        this.commitError = null
        if (error !== null) throw error
        for (const [id, rows] of own) this.tables.set(id, rows)
        return { tick: 2 }
      },
      rollback: () => {
        this.log.push('rollback')
      },
    }
  }

  async subscribe(request: SubscribeRequest): Promise<Subscription> {
    const subscription = new FakeSubscription(request)
    this.subscriptions.push(subscription)
    return subscription
  }
}

export class FakeSubscription implements Subscription {
  readonly asOf = 1
  ended = false
  closed = false
  readonly request: SubscribeRequest
  private queue: SubscribeMessage[] = []
  private wake: (() => void) | null = null

  constructor(request: SubscribeRequest) {
    this.request = request
  }

  send(...messages: readonly SubscribeMessage[]): void {
    this.queue.push(...messages)
    this.wake?.()
  }
  end(): void {
    this.ended = true
    this.wake?.()
  }
  poll(): readonly SubscribeMessage[] {
    return this.queue.splice(0)
  }
  wait(signal: AbortSignal): Promise<void> {
    if (this.queue.length > 0 || this.ended) return Promise.resolve()
    return abortable(
      new Promise<void>((resolve) => {
        this.wake = resolve
      }),
      signal,
    )
  }
  close(): void {
    this.closed = true
  }
}

/** As the engine's calls do: 57014 once the signal is aborted. */
function abortable(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new SqlError('57014', 'canceled'))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
    promise.then(resolve, reject)
  })
}

function applyWrite(tables: Map<number, Row[]>, statement: WriteStatement, params: Row): WriteResult {
  if (statement.kind === 'truncate') {
    for (const id of statement.tables) tables.set(id, [])
    return { command: 'TRUNCATE', count: 0, returning: null, tick: 1 }
  }
  if (statement.kind !== 'insert') throw new SqlError('0A000', 'the fake engine only inserts')
  const rows = insertedRows(statement.source, params)
  const bad = rows.find((row) => row[0] === null)
  if (bad !== undefined) throw new SqlError('23502', 'null value in column "id" violates not-null constraint')
  tables.get(statement.table)!.push(...rows)
  const { returning } = statement
  const batches =
    returning === null
      ? []
      : [
          batchFromRows(
            returning.fields.map((f) => f.type),
            rows,
          ),
        ]
  return {
    command: 'INSERT',
    count: rows.length,
    returning: returning === null ? null : { fields: returning.fields, batches },
    tick: 1,
  }
}

function insertedRows(source: Extract<WriteStatement, { kind: 'insert' }>['source'], params: Row): Row[] {
  if (source.kind === 'values') return source.rows.map((row) => row.map((scalar) => evaluate(scalar, params, [])))
  const [constant, map] = source.plan.nodes
  if (constant.op !== 'constant' || map.op !== 'map') throw new SqlError('0A000', 'the fake engine reads constants')
  return constant.rows.map((row) => map.exprs.map((expr) => evaluate(expr, params, row)))
}

function evaluate(scalar: Scalar, params: Row, row: Row): Datum {
  if (scalar.kind === 'const') return scalar.value
  if (scalar.kind === 'param') return params[scalar.index]
  if (scalar.kind === 'column') return row[scalar.index]
  throw new SqlError('0A000', `the fake engine does not evaluate ${scalar.kind}`)
}

/** `(id int, label text)` */
export const ID_LABEL: RowType = [
  { name: 'id', type: INT4, nullable: false },
  { name: 'label', type: TEXT, nullable: true },
]
