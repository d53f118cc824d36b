import { silentLog } from '../base/log.ts'
import { systemRuntime } from '../base/runtime.ts'
import { SqlError } from '../base/sql-error.ts'
import type { CallContext } from '../engine/api.ts'
import type { LiveEngine } from '../engine/engine.ts'
import { openEngine } from '../engine/open.ts'
import { withoutWrites } from '../engine/read-only-store.ts'
import { getPlan } from '../plan/get-plan.ts'
import { lockDirectory } from '../state/lmdb/directory-lock.ts'
import { openReadOnlyStore } from '../state/lmdb/inline.ts'
import type { Batch } from '../types/batch.ts'
import { rowsOf } from '../types/batch-build.ts'
import { typeOid } from '../types/pg-type.ts'
import type { RowType } from '../types/sql-type.ts'
import { formatText } from '../types/text.ts'
import type { ResultColumn } from './client/result.ts'
import { type OptionInputs, processInputs, readOptions } from './option-values.ts'
import { OptionError } from './options.ts'
import { renderTable } from './shell/table.ts'

export const INSPECT_HELP = `millrace inspect [--data-dir D] [RELATION]: what a stopped server's directory holds

Without RELATION: tick, source positions, objects with rows and bytes. With one: its rows at that tick. Neither server
nor broker need run; the directory is not changed. D is MILLRACE_DATA_DIR, data_dir of ./millrace.json or ./millrace-data.
`

/** Opens the directory as recovery would (checkpoint, then journal), without sources and without writing. */
export async function inspect(args: readonly string[]): Promise<number> {
  const { directory, relation } = parseInspectArguments(processInputs(args))
  try {
    process.stdout.write(await look(directory, relation))
    return 0
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    const { hint } = error.fields
    process.stderr.write(`millrace: ${error.message}${hint === undefined ? '' : `; ${hint}`}\n`)
    return 1
  }
}

/** The directory is found as the server finds it: flag, variable, file, default. */
export function parseInspectArguments(inputs: OptionInputs): {
  readonly directory: string
  readonly relation: string | null
} {
  const flags: string[] = []
  const relations: string[] = []
  for (let i = 0; i < inputs.args.length; i++) {
    const arg = inputs.args[i]!
    if (arg === '--data-dir') flags.push(...inputs.args.slice(i, ++i + 1))
    else if (arg.startsWith('--data-dir=')) flags.push(arg)
    else if (arg.startsWith('-')) throw new OptionError(`unknown option ${arg}`)
    else relations.push(arg)
  }
  if (relations.length > 1) throw new OptionError(`name one relation, not ${relations.length}`)
  const { values } = readOptions({ ...inputs, args: flags })
  return { directory: values['data_dir'] ?? './millrace-data', relation: relations[0] ?? null }
}

async function look(directory: string, name: string | null): Promise<string> {
  const store = openReadOnlyStore({ directory, runtime: systemRuntime })
  // A running server would move on under the reader: it is refused as a second server would be.
  const unlock = lockDirectory(directory)
  const engine = await openEngine({
    store: withoutWrites(store),
    runtime: systemRuntime,
    log: silentLog,
    connectors: null,
    settings: [],
    onFailure: (error) => {
      throw error
    },
  })
  try {
    return name === null ? overview(engine) : await relation(engine, name)
  } finally {
    await engine.abandon()
    unlock()
  }
}

function overview(engine: LiveEngine): string {
  const { world } = engine
  let text = `tick ${world.tick}\ntimestamp ${world.clock.lastMs}\n\n`
  const sources: string[][] = []
  for (const source of world.sources.values()) {
    for (const [partition, offset] of source.positions)
      sources.push([source.entry.name, String(partition), String(offset)])
  }
  if (sources.length > 0)
    text += `${renderTable([column('source'), column('partition', 23), column('next offset', 20)], sources)}\n`
  const objects: string[][] = []
  for (const entry of world.catalog.all()) {
    if (world.isBuiltIn(entry) || entry.kind === 'system') continue
    const held = world.tables.get(entry.id)
    const view = world.views.get(entry.id)
    const rows = held?.rows ?? view?.output.rows
    const bytes = view?.bytes() ?? held?.rows.bytes()
    objects.push([
      String(entry.id),
      entry.kind,
      entry.name,
      rows === undefined ? '' : String(copies(rows.scan())),
      bytes === undefined ? '' : String(bytes),
    ])
  }
  return (
    text +
    renderTable([column('id', 26), column('kind'), column('name'), column('rows', 20), column('bytes', 20)], objects)
  )
}

/** Rows with their copies. */
function copies(batches: Iterable<Batch>): number {
  let count = 0
  for (const { diffs, n } of batches) for (let i = 0; i < n; i++) count += diffs[i]!
  return count
}

async function relation(engine: LiveEngine, name: string): Promise<string> {
  const { catalog } = engine.world
  const parts = name.split('.')
  const schema = parts.length > 1 ? catalog.byName(0, parts[0]!)?.id : catalog.byName(0, 'public')!.id
  const entry = schema === undefined ? undefined : catalog.byName(schema, parts[parts.length - 1]!)
  if (entry === undefined) throw new SqlError('42P01', `relation "${name}" does not exist`)
  const fields = fieldsOf(entry)
  const plan = getPlan(entry.id, fields)
  const finishing = {
    order: fields.map((_, column) => ({ column, desc: false, nullsFirst: false })),
    limit: null,
    offset: 0,
    project: fields.map((_, column) => column),
  }
  const result = await engine.read({ plan, finishing, fields, lookup: null, params: [] }, CALL)
  const rows: (string | null)[][] = []
  for await (const batch of result.batches) {
    rowsOf(batch, plan.types).forEach((row, i) => {
      const text = row.map((v, c) => (v === null ? null : formatText(v, plan.types[c]!)))
      for (let n = batch.diffs[i]!; n > 0; n--) rows.push(text)
    })
  }
  return renderTable(
    fields.map((f) => column(f.name, typeOid(f.type))),
    rows,
  )
}

function fieldsOf(entry: NonNullable<ReturnType<LiveEngine['world']['catalog']['byId']>>): RowType {
  if (entry.kind === 'table') return entry.columns.map((c) => ({ name: c.name, type: c.type, nullable: !c.notNull }))
  if (entry.kind === 'materializedView' || entry.kind === 'system') return entry.rowType
  throw new SqlError('42809', `"${entry.name}" holds no rows of its own`)
}

const column = (name: string, oid = 25): ResultColumn => ({ name, typeOid: oid })

const CALL: CallContext = {
  signal: new AbortController().signal,
  lockTimeoutMs: 0,
  notice() {},
  setting: () => undefined,
  user: 'millrace',
  database: 'millrace',
  searchPath: ['public'],
  timeZone: 'UTC',
}
