import type { Copy } from '../../../grammar/ast-statement.ts'
import { assert } from '../../base/assert.ts'
import { notSupported, SqlError } from '../../base/sql-error.ts'
import type { InsertPlan } from '../../plan/dml.ts'
import type { PhysicalPlan } from '../../plan/physical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { mapInputs } from '../../plan/scalar-walk.ts'
import type { RowType } from '../../types/sql-type.ts'
import { parseText } from '../../types/text.ts'
import type { Datum, Row } from '../../types/value.ts'
import type { PlannedCopyFrom } from '../planner.ts'
import { done, type Outcome, type Run } from '../run.ts'
import { withSchema } from '../statements/dml.ts'
import { isForced } from './forced.ts'
import { type CopyOptions, copyOptions } from './options.ts'
import { type ForcedNulls, readFields } from './read-fields.ts'
import { type CopyRecord, RecordSplitter } from './split-records.ts'

/** Rows handed to the engine in one write; all writes of one COPY commit together. */
const ROWS_PER_WRITE = 4_096

/**
 * COPY table FROM STDIN: all rows or none, in one transaction. Errors name the line and the column; where the table refuses
 * rows that were written together, their halves are written until the first of them that it refuses is found.
 */
export async function copyFrom(statement: Copy, run: Run): Promise<Outcome> {
  const { session } = run
  assert(statement.table !== undefined, 'COPY FROM names a table')
  if (statement.where !== undefined) throw notSupported('COPY FROM … WHERE', statement.where.span)
  session.transaction.checkWritable('COPY FROM')
  const options = copyOptions(statement.options, 'FROM')
  const table = statement.table.parts[statement.table.parts.length - 1].name
  const planned = session.planner.planCopyFrom(
    { table: statement.table, columns: statement.columns },
    session.planning(run.sql, [], (notice) => run.call.notice(notice)),
  )
  const relation = { name: table, columns: relationColumns(run, planned.insert.table) }
  const { forced } = options
  const nulls = {
    null: isForced(forced, 'force_null', planned.columns, relation),
    notNull: isForced(forced, 'force_not_null', planned.columns, relation),
  }
  const reader = new RowReader(table, planned, { ...options, nulls }, run)
  const own = session.transaction.mode === 'none' ? session.engine.begin({ readOnly: false }) : null
  const target = own ?? session.transaction.current()
  assert(target !== null, 'COPY FROM runs in a transaction')
  let rows = 0
  const write = async (full: readonly RowRead[]): Promise<void> => {
    if (full.length === 0) return
    try {
      const statement = insertOf(
        planned,
        full.map(({ row }) => row),
      )
      rows += (await target.write(statement, run.call, [])).count
    } catch (error) {
      if (!isOfRow(error)) throw error
      if (full.length === 1) throw located(error, reader.whereRefused(error, full[0].record))
      const half = full.length >> 1
      await write(full.slice(0, half))
      await write(full.slice(half))
      throw error
    }
  }
  try {
    for await (const chunk of run.sink.copyIn(planned.columns.length, run.call.signal)) {
      run.call.signal.throwIfAborted()
      reader.push(chunk)
      while (reader.rows.length >= ROWS_PER_WRITE) await write(reader.rows.splice(0, ROWS_PER_WRITE))
    }
    reader.finish()
    await write(reader.rows)
    await own?.commit(run.call)
  } catch (error) {
    own?.rollback()
    throw withSchema(error, session.engine.catalog(), planned.insert.table)
  }
  return done(`COPY ${rows}`)
}

type FromOptions = CopyOptions & { readonly nulls: ForcedNulls }

function relationColumns({ session }: Run, table: number): string[] {
  const entry = session.engine.catalog().byId(table)
  return entry?.kind === 'table' ? entry.columns.map((column) => column.name) : []
}

interface RowRead {
  readonly row: Row
  readonly record: CopyRecord
}

/** Violated constraints, and values for which an expression (a default) fails. */
const isOfRow = (error: unknown): error is SqlError => error instanceof SqlError && /^2[23]/.test(error.sqlstate)

class RowReader {
  readonly rows: RowRead[] = []
  private readonly splitter: RecordSplitter
  private readonly table: string
  private readonly columns: RowType
  private readonly options: FromOptions
  private readonly run: Run
  private headerPending: boolean

  constructor(table: string, planned: PlannedCopyFrom, options: FromOptions, run: Run) {
    this.table = table
    this.columns = planned.columns
    this.options = options
    this.run = run
    this.splitter = new RecordSplitter(options)
    this.headerPending = options.header !== 'none'
  }

  push(chunk: Uint8Array): void {
    this.add(() => this.splitter.push(chunk))
  }
  finish(): void {
    this.add(() => this.splitter.finish())
  }

  private add(split: () => CopyRecord[]): void {
    let records: CopyRecord[]
    try {
      records = split()
    } catch (error) {
      throw located(error, `COPY ${this.table}, line ${this.splitter.lineNumber}`)
    }
    for (const record of records) {
      if (this.headerPending) {
        this.headerPending = false
        this.checkHeader(record)
      } else this.rows.push({ row: this.row(record), record })
    }
  }

  private row(record: CopyRecord): Row {
    const fields = this.fieldsOf(record)
    const { columns } = this
    if (fields.length > columns.length) throw this.bad(record, 'extra data after last expected column')
    const { call, session } = this.run
    const text = { timeZone: call.timeZone, nowMicros: session.engine.nowMicros() }
    const row = fields.map((field, c): Datum => {
      if (field === null) return null
      try {
        return parseText(field, columns[c].type, text)
      } catch (error) {
        throw located(
          error,
          `COPY ${this.table}, line ${record.line}, column ${columns[c].name}: "${shortened(field)}"`,
        )
      }
    })
    // What is there is read first, as PostgreSQL does it: an empty line is no integer.
    if (row.length < columns.length) throw this.bad(record, `missing data for column "${columns[row.length].name}"`)
    return row
  }

  private fieldsOf(record: CopyRecord): (string | null)[] {
    try {
      return readFields(record.text, this.options, this.options.nulls)
    } catch (error) {
      throw located(error, this.where(record))
    }
  }

  private checkHeader(record: CopyRecord): void {
    if (this.options.header !== 'match') return
    const names = this.fieldsOf(record)
    const { columns } = this
    if (names.length !== columns.length) {
      throw this.bad(record, `wrong number of fields in header line: got ${names.length}, expected ${columns.length}`)
    }
    const wrong = columns.findIndex((column, c) => column.name !== names[c])
    if (wrong < 0) return
    const message = `column name mismatch in header line field ${wrong + 1}: got "${names[wrong]}", expected "${columns[wrong].name}"`
    throw this.bad(record, message)
  }

  /** Keys are checked for several rows together: as in PostgreSQL their text is not told. */
  whereRefused({ sqlstate }: SqlError, record: CopyRecord): string {
    return sqlstate === '23505' ? `COPY ${this.table}, line ${record.line}` : this.where(record)
  }

  private bad(record: CopyRecord, message: string): SqlError {
    return new SqlError('22P04', message, { where: this.where(record) })
  }
  private where(record: CopyRecord): string {
    return `COPY ${this.table}, line ${record.line}: "${shortened(record.text)}"`
  }
}

function located(error: unknown, where: string): unknown {
  if (!(error instanceof SqlError)) return error
  return new SqlError(error.sqlstate, error.message, { ...error.fields, where })
}

const shortened = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}...` : text)

/** The INSERT of a bunch of rows: the planned expressions (defaults among them) over the rows as constants. */
function insertOf(planned: PlannedCopyFrom, rows: readonly Row[]): InsertPlan {
  const { insert, columns } = planned
  assert(
    insert.source.kind === 'values' && insert.source.rows.length === 1,
    'COPY FROM is planned as one row of values',
  )
  const exprs = insert.source.rows[0].map(fromColumn)
  const base = { position: -1, appendOnly: true, growth: 'none' } as const
  const inputTypes = columns.map((column) => column.type)
  const types = exprs.map((expr) => expr.type)
  const plan: PhysicalPlan = {
    formatVersion: 1,
    nodes: [
      { ...base, op: 'constant', rows, types: inputTypes },
      { ...base, op: 'map', input: 0, filter: null, exprs, types },
    ],
    root: 1,
    types,
    fingerprint: '',
  }
  return { ...insert, source: { kind: 'query', plan } }
}

/** Parameters become the columns of the rows read. */
function fromColumn(scalar: Scalar): Scalar {
  if (scalar.kind === 'param') return { kind: 'column', index: scalar.index, type: scalar.type }
  return mapInputs(scalar, fromColumn)
}
