import { SqlError } from '../../base/sql-error.ts'
import type { FunctionEntry } from '../../catalog/entry.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import { sameType } from '../../types/sql-type.ts'
import { checkStillThere, type DdlDeps } from './deps.ts'

/** Nothing runs of a function: it is a text that the binder reads. */
export async function createFunction(deps: DdlDeps, plan: Extract<DdlPlan, { kind: 'createFunction' }>): Promise<void> {
  const { world } = deps
  await world.exclusive.run(async () => {
    const { name, schema, sql, dependsOn } = plan
    checkStillThere(deps, [schema, ...dependsOn])
    const old = world.catalog.byName(schema, name)
    if (old !== undefined) checkReplacement(deps, old as FunctionEntry, plan)
    const id = old?.id ?? world.catalog.nextId
    const entry: FunctionEntry = { kind: 'function', id, name, schema, sql, dependsOn, ...plan.entry }
    world.catalog = world.catalog.apply([{ kind: 'put', entry }])
    await deps.checkpoint()
  })
}

/** What keeps the plan that a body went into: views their own, others the watermark. */
const KEPT = { materializedView: 'materialized view', table: 'table', source: 'source' } as const

/** What is kept up to date was planned with the body of then. */
function checkReplacement(
  { world: { catalog } }: DdlDeps,
  old: FunctionEntry,
  plan: Extract<DdlPlan, { kind: 'createFunction' }>,
): void {
  if (!plan.orReplace) throw new SqlError('42723', `function "${old.fn}" already exists with same argument types`)
  const { entry } = plan
  const same =
    old.set === entry.set &&
    (old.returns === null || entry.returns === null
      ? JSON.stringify(old.columns) === JSON.stringify(entry.columns)
      : sameType(old.returns, entry.returns))
  if (!same) {
    throw new SqlError('42P13', 'cannot change return type of existing function', {
      hint: `Use DROP FUNCTION ${old.name} first.`,
    })
  }
  const names = old.parameters.some((p, i) => p.name !== null && p.name !== entry.parameters[i]!.name)
  if (names) {
    const changed = old.parameters.find((p, i) => p.name !== null && p.name !== entry.parameters[i]!.name)!
    throw new SqlError('42P13', `cannot change name of input parameter "${changed.name}"`, {
      hint: `Use DROP FUNCTION ${old.name} first.`,
    })
  }
  const kept = catalog
    .allDependants([old.id])
    .map((id) => catalog.byId(id)!)
    .find((e) => e.kind in KEPT)
  if (kept !== undefined) {
    const what = KEPT[kept.kind as keyof typeof KEPT]
    throw new SqlError('0A000', `replacing function ${old.fn} below a ${what} is not supported`, {
      detail: `${what} ${kept.name} was made with its present body`,
      hint: `Drop the ${what} first, or give the new function another name.`,
    })
  }
}
