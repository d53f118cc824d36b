import { canceledByUser } from '../../base/canceled.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { ResultField, ResultSink, Session } from '../../session/contract.ts'
import { batchFromRows } from '../../types/batch-build.ts'
import { INT4, TEXT } from '../../types/sql-type.ts'
import type { TextOptions } from '../../types/text.ts'

/**
 * A session that understands a handful of words instead of SQL, so that the protocol can be tried alone:
 * `rows N`, `fail`, `copyout`, `copyin`, `sleep` (until cancelled), `crash`, and the empty text.
 */
export class FakeSession implements Session {
  readonly backendPid: number
  readonly secretKey = 4711
  transactionStatus: 'I' | 'T' | 'E' = 'I'
  readonly calls: string[] = []
  closed = false
  private readonly statements = new Map<string, string>()
  private readonly portals = new Map<string, string>()
  private wake: ((error: SqlError) => void) | null = null

  constructor(backendPid: number) {
    this.backendPid = backendPid
  }

  textOptions(): TextOptions {
    return {}
  }
  reportedSettings(): [string, string][] {
    return [
      ['server_version', '15.8'],
      ['client_encoding', 'UTF8'],
    ]
  }

  async simpleQuery(sql: string, sink: ResultSink): Promise<void> {
    this.calls.push(`query ${sql}`)
    await this.run(sql, 0, sink, true)
  }
  async parse(name: string, sql: string): Promise<void> {
    this.calls.push(`parse ${name} ${sql}`)
    if (sql === 'fail') throw new SqlError('42601', 'syntax error')
    this.statements.set(name, sql)
  }
  async bind(portal: string, statement: string, params: readonly unknown[]): Promise<void> {
    this.calls.push(`bind ${portal} ${statement} ${params.length}`)
    const sql = this.statements.get(statement)
    if (sql === undefined) throw new SqlError('26000', `prepared statement "${statement}" does not exist`)
    this.portals.set(portal, sql)
  }
  describeStatement(name: string) {
    const sql = this.statements.get(name)
    if (sql === undefined) throw new SqlError('26000', `prepared statement "${name}" does not exist`)
    return { paramTypes: [INT4], fields: FIELDS }
  }
  describePortal(name: string) {
    if (!this.portals.has(name)) throw new SqlError('34000', `portal "${name}" does not exist`)
    return FIELDS
  }
  async execute(portal: string, maxRows: number, sink: ResultSink, alone = false): Promise<void> {
    this.calls.push(`execute ${portal} ${maxRows} ${alone}`)
    const sql = this.portals.get(portal)
    if (sql === undefined) return sink.error(new SqlError('34000', `portal "${portal}" does not exist`))
    await this.run(sql, maxRows, sink, false)
  }
  closeStatement(name: string): void {
    this.statements.delete(name)
  }
  closePortal(name: string): void {
    this.portals.delete(name)
  }
  async sync(): Promise<void> {
    this.calls.push('sync')
  }
  failTransaction(): void {
    this.calls.push('failTransaction')
  }
  cancel(): void {
    this.calls.push('cancel')
    this.wake?.(canceledByUser())
  }
  async close(): Promise<void> {
    this.closed = true
  }

  private async run(sql: string, maxRows: number, sink: ResultSink, describe: boolean): Promise<void> {
    const [word, count] = sql.split(' ')
    try {
      switch (word) {
        case '':
          return sink.emptyQuery()
        case 'rows':
          return await this.rows(Number(count), maxRows, sink, describe)
        case 'copyout':
          sink.copyOutStart(2)
          await sink.copyData('1\tone\n')
          sink.copyOutEnd()
          return sink.commandComplete('COPY 1')
        case 'copyin':
          return await this.copyIn(Number(count ?? Number.POSITIVE_INFINITY), sink)
        case 'sleep':
          throw await new Promise<SqlError>((resolve) => {
            this.wake = resolve
          })
        case 'crash':
          throw new Error('a bug')
        default:
          throw new SqlError('42601', `syntax error at or near "${word}"`, { position: 1, hint: 'try rows 3' })
      }
    } catch (error) {
      if (!(error instanceof SqlError)) throw error
      sink.error(error)
    }
  }

  private async rows(count: number, maxRows: number, sink: ResultSink, describe: boolean): Promise<void> {
    if (describe) sink.rowDescription(FIELDS)
    const sent = maxRows === 0 ? count : Math.min(count, maxRows)
    for (let from = 0; from < sent; from += 4096) {
      const rows = Array.from({ length: Math.min(4096, sent - from) }, (_, i) => [from + i, `row ${from + i}`])
      await sink.rows(batchFromRows([INT4, TEXT], rows), FIELDS)
    }
    if (sent < count) sink.portalSuspended()
    else sink.commandComplete(`SELECT ${count}`)
  }

  /** Fails once it has read more than `bytesMax`. */
  private async copyIn(bytesMax: number, sink: ResultSink): Promise<void> {
    let bytes = 0
    for await (const chunk of sink.copyIn(1)) {
      bytes += chunk.length
      if (bytes > bytesMax) throw new SqlError('22P04', 'too much')
    }
    sink.commandComplete(`COPY ${bytes}`)
  }
}

const FIELDS: readonly ResultField[] = [
  { name: 'id', type: INT4, tableOid: 16384, columnNumber: 1, format: 0 },
  { name: 'label', type: TEXT, tableOid: 0, columnNumber: 0, format: 0 },
]
