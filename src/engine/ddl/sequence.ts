import { SqlError } from '../../base/sql-error.ts'
import { chosenName } from '../../catalog/constraint-name.ts'
import type { SequenceEntry, SequenceSpec, TableColumn } from '../../catalog/entry.ts'
import type { ColumnPlan, DdlPlan } from '../../plan/ddl.ts'
import { BOOL, INT8, type RowType } from '../../types/sql-type.ts'
import type { CallContext } from '../api.ts'
import { settleSequences } from '../sequence-calls.ts'
import type { World } from '../world.ts'
import { checkStillThere, type DdlDeps, exists } from './deps.ts'
import { unchangedCheck } from './out-of-use.ts'

type Plan<K extends DdlPlan['kind']> = Extract<DdlPlan, { kind: K }>

/** What SELECT finds in a sequence. */
const ROW: RowType = [
  { name: 'last_value', type: INT8, nullable: false },
  { name: 'log_cnt', type: INT8, nullable: false },
  { name: 'is_called', type: BOOL, nullable: false },
]

export async function createSequence(deps: DdlDeps, plan: Plan<'createSequence'>, call: CallContext): Promise<void> {
  const { world } = deps
  await world.exclusive.run(async () => {
    if (exists(deps, plan, call)) return
    const { name, schema, sql, dependsOn, spec, ownedBy } = plan
    checkStillThere(deps, [schema, ...dependsOn])
    const id = world.catalog.nextId
    const entry: SequenceEntry = { kind: 'sequence', id, name, schema, sql, dependsOn, rowType: ROW, spec, ownedBy }
    world.catalog = world.catalog.apply([{ kind: 'put', entry }])
    await deps.checkpoint()
  })
}

export async function alterSequence(deps: DdlDeps, plan: Plan<'alterSequence'>): Promise<void> {
  const { world } = deps
  const checkUnchanged = unchangedCheck(world, [plan.object])
  await world.exclusive.run(async () => {
    checkUnchanged()
    const before = world.catalog.byId(plan.object) as SequenceEntry
    const { spec, restart, ownedBy = before.ownedBy } = plan
    const { last } = world.sequences.position(before)
    const at = restart ?? last
    if (at < spec.min) throw new SqlError('22023', `RESTART value (${at}) cannot be less than MINVALUE (${spec.min})`)
    if (at > spec.max)
      throw new SqlError('22023', `RESTART value (${at}) cannot be greater than MAXVALUE (${spec.max})`)
    const { called } = world.sequences.position(before)
    const dependsOn = ownedBy === null ? [] : [ownedBy.table]
    const entry: SequenceEntry = { ...before, spec, ownedBy, dependsOn }
    world.catalog = world.catalog.apply([{ kind: 'put', entry }])
    // What was covered ahead was so by the increment of then.
    if (restart === null) world.sequences.set(entry, last, called)
    else world.sequences.restart(entry, restart)
    await settleSequences(world)
    await deps.checkpoint()
  })
}

/**
 * The sequences of a new table's serial and identity columns, named as PostgreSQL names them, with ids from `id` on; and the
 * columns that read them.
 */
export function ownSequences(
  world: World,
  table: { readonly id: number; readonly name: string; readonly schema: number },
  columns: readonly ColumnPlan[],
  id: number,
): { readonly columns: readonly TableColumn[]; readonly sequences: readonly SequenceEntry[] } {
  const sequences: SequenceEntry[] = []
  const taken = (name: string) =>
    name === table.name ||
    sequences.some((s) => s.name === name) ||
    world.catalog.byName(table.schema, name) !== undefined
  const made = columns.map(({ ownSequence, ...column }, at): TableColumn => {
    if (ownSequence === undefined) return column
    const entry = sequenceOfColumn(table, column.name, at, ownSequence, id + sequences.length, taken)
    sequences.push(entry)
    return { ...column, sequence: entry.id }
  })
  return { columns: made, sequences }
}

export function sequenceOfColumn(
  table: { readonly id: number; readonly name: string; readonly schema: number },
  columnName: string,
  column: number,
  spec: SequenceSpec,
  id: number,
  taken: (name: string) => boolean,
): SequenceEntry {
  return {
    kind: 'sequence',
    id,
    name: chosenName(table.name, columnName, 'seq', taken),
    schema: table.schema,
    sql: '',
    dependsOn: [table.id],
    rowType: ROW,
    spec,
    ownedBy: { table: table.id, column },
  }
}
