import type { DdlPlan } from '../../plan/ddl.ts'
import type { PhysicalPlan } from '../../plan/physical.ts'
import { node, planOf } from '../../render/testing/random-plan.ts'
import { INT4, INT8, TEXT } from '../../types/sql-type.ts'

/** Plans over relations (k text, v int). */

const ROW = [TEXT, INT4]
const COUNT = { fn: 'count()', args: [], distinct: false, filter: null, order: [], type: INT8 } as const

/** SELECT k, count(*) FROM object GROUP BY k. */
export function countByKey(object: number): PhysicalPlan {
  return planOf([
    node({ op: 'get', object, columns: [0] }, [TEXT]),
    node({ op: 'aggregate', input: 0, keys: [0], aggregates: [COUNT] }, [TEXT, INT8]),
  ])
}

/** SELECT l.k, r.v FROM left l JOIN right r ON l.k = r.k, counted. */
export function countOfJoin(left: number, right: number): PhysicalPlan {
  return planOf([
    node({ op: 'get', object: left, columns: [0, 1] }, ROW),
    node({ op: 'get', object: right, columns: [0, 1] }, ROW),
    node(
      { op: 'join', type: 'inner', left: 0, right: 1, leftKeys: [0], rightKeys: [0], nullSafe: false, residual: null },
      [...ROW, ...ROW],
    ),
    node({ op: 'aggregate', input: 2, keys: [0, 3], aggregates: [COUNT] }, [TEXT, INT4, INT8]),
  ])
}

export function viewOf(name: string, plan: PhysicalPlan, dependsOn: readonly number[]): DdlPlan {
  return {
    kind: 'createMaterializedView',
    schema: 2200,
    name,
    ifNotExists: false,
    sql: '',
    dependsOn,
    rowType: plan.types.map((type, i) => ({ name: `c${i}`, type, nullable: true })),
    plan,
    onError: 'poison',
  }
}

/** The rows of another plan with the largest last column for each first one. */
export function largest(of: PhysicalPlan): PhysicalPlan {
  const column = of.types.length - 1
  const order = [{ column, desc: true, nullsFirst: false }]
  return planOf([
    ...of.nodes,
    node({ op: 'topK', input: of.root, partition: [0], order, limit: 1, offset: 0 }, of.types),
  ])
}
