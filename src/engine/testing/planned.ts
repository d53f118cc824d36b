import { parseSql, planStatement } from '../../sql/plan-statement.ts'
import type { LiveEngine } from '../engine.ts'

/** The one statement of a text, planned against what the engine holds now. */
export const planned = (engine: LiveEngine, sql: string): ReturnType<typeof planStatement> =>
  planStatement(parseSql(sql)[0]!, {
    sql,
    catalog: engine.catalog(),
    user: 'millrace',
    database: 'millrace',
    searchPath: ['public'],
    timeZone: 'UTC',
    nowMicros: engine.nowMicros(),
    setting: () => undefined,
    paramTypes: [],
    notice() {},
  })
