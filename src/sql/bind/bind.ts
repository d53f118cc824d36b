import { parseStatement } from '../../../grammar/parse.ts'
import { assert } from '../../base/assert.ts'
import type { Recursion } from './context.ts'
import { type BindEnv, Statement } from './context.ts'
import { bindExpr } from './expr.ts'
import { bindInnerQuery, bindOrderedQuery } from './query.ts'

/** The binder put together: the files of this folder call each other through this table only where they would circle. */
export const RECURSION: Recursion = {
  expr: bindExpr,
  query: (st, node, parent, ctes) => bindInnerQuery(st, node, parent, ctes).plan,
  queryColumns: bindInnerQuery,
  ordered: bindOrderedQuery,
  view(st, sql) {
    const node = parseStatement(sql)
    assert(node.kind === 'createView' || node.kind === 'createMaterializedView', 'the text of a view creates it')
    // Names in stored texts are qualified, so the session's search path does not matter.
    const inner = new Statement({ ...st.env, searchPath: ['pg_catalog'], paramTypes: [] }, RECURSION, st)
    return bindInnerQuery(inner, node.query, null, null).plan
  },
}

export const newStatement = (env: BindEnv): Statement => new Statement(env, RECURSION)
