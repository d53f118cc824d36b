import type { Notice, SqlError } from '../../base/sql-error.ts'
import { rowsOf } from '../../types/batch-build.ts'
import type { ResultField, ResultSink } from '../contract.ts'

/** A sink that writes down what it is told, one line an event: results read like a transcript. */
export class Recorder implements ResultSink {
  readonly lines: string[] = []
  readonly errors: SqlError[] = []
  readonly notices: Notice[] = []
  fields: readonly ResultField[] = []
  /** What COPY FROM STDIN reads. */
  input: readonly string[] = []

  rowDescription(fields: readonly ResultField[]): void {
    this.fields = fields
    this.lines.push(`columns ${fields.map((field) => field.name).join(' ')}`)
  }
  async rows(batch: Parameters<ResultSink['rows']>[0], fields: readonly ResultField[]): Promise<void> {
    const types = fields.map((field) => field.type)
    rowsOf(batch, types).forEach((row, i) => {
      const text = row.map((v) =>
        v !== null && typeof v === 'object' && 'mantissa' in v ? String(v.mantissa) : String(v),
      )
      for (let copies = batch.diffs[i]; copies > 0; copies--) this.lines.push(`row ${text.join(' ')}`)
    })
  }
  copyOutStart(columns: number): void {
    this.lines.push(`copy out ${columns}`)
  }
  async copyData(data: Uint8Array | string): Promise<void> {
    this.lines.push(`data ${JSON.stringify(typeof data === 'string' ? data : Buffer.from(data).toString())}`)
  }
  copyOutEnd(): void {
    this.lines.push('copy end')
  }
  async *copyIn(): AsyncIterable<Uint8Array> {
    for (const chunk of this.input) yield Buffer.from(chunk)
  }
  commandComplete(tag: string): void {
    this.lines.push(tag)
  }
  emptyQuery(): void {
    this.lines.push('empty')
  }
  portalSuspended(): void {
    this.lines.push('suspended')
  }
  notice(notice: Notice): void {
    this.notices.push(notice)
    this.lines.push(`${notice.severity} ${notice.message}`)
  }
  parameterStatus(name: string, value: string): void {
    this.lines.push(`${name} = ${value}`)
  }
  async flush(): Promise<void> {}
  error(error: SqlError): void {
    this.errors.push(error)
    this.lines.push(`error ${error.sqlstate} ${error.message}`)
  }
}
