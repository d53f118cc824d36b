import { notSupported } from '../../base/sql-error.ts'

/**
 * Nothing is silently ignored: every binder of a syntax node names the fields that it reads, and any other field that
 * carries something refuses the statement, by the name that a user would give the clause.
 */
export function handled(
  node: { readonly kind: string; readonly span: { start: number } },
  fields: readonly string[],
): void {
  for (const [key, value] of Object.entries(node)) {
    if (key === 'kind' || PLACES.has(key) || fields.includes(key) || absent(value)) continue
    throw notSupported(
      FEATURES[`${key}.${value}`] ?? FEATURES[`${node.kind}.${key}`] ?? FEATURES[key] ?? `${key} of ${node.kind}`,
      spanOf(value) ?? node.span,
      HINTS[`${node.kind}.${key}`],
    )
  }
}

/** Where things stand in the text changes no meaning. */
const PLACES: ReadonlySet<string> = new Set(['span', 'opSpan', 'valueSpan', 'tiesSpan'])

const absent = (value: unknown): boolean =>
  value === undefined || value === false || (Array.isArray(value) && value.length === 0)

function spanOf(value: unknown): { start: number } | undefined {
  if (Array.isArray(value)) return spanOf(value[0])
  if (value === null || typeof value !== 'object') return undefined
  return (value as { span?: { start: number } }).span
}

/** What to write instead. */
const HINTS: Readonly<Record<string, string>> = {
  'table.sample':
    "A sample would change with every reading. WHERE md5(key::text) < '1' chooses a sixteenth of the rows for good.",
}

/** `kind.field` or `field` → what the message calls it. */
const FEATURES: Readonly<Record<string, string>> = {
  'query.locking': 'SELECT … FOR UPDATE/SHARE in this place',
  'query.emit': 'EMIT',
  'query.lateness': 'ALLOWED LATENESS',
  'query.asOf': 'AS OF in this place',
  'query.options': 'OPTIONS of a query',
  'select.groupAll': 'GROUP BY ALL',
  'setOperation.corresponding': 'CORRESPONDING',
  'tableBody.only': 'ONLY',
  'table.only': 'ONLY',
  'table.sample': 'TABLESAMPLE',
  'table.systemTime': 'FOR SYSTEM_TIME AS OF',
  'join.asof': 'ASOF JOIN',
  'join.matchCondition': 'MATCH_CONDITION',
  'join.within': 'JOIN … WITHIN',
  'call.withinGroup': 'WITHIN GROUP',
  'call.nulls': 'IGNORE/RESPECT NULLS',
  'cast.try': 'TRY_CAST',
  'typeName.fields': 'a ROW or STRUCT type',
  'typeName.args': 'a MAP or LIST type',
  'is.uniqueKeys': 'IS JSON … WITH UNIQUE KEYS',
  'createTable.with': 'an option of a table other than TTL, IDLE_TIMEOUT and MAX_FUTURE',
  'createTable.onConflict': 'ON CONFLICT of a table',
  'watermarkFor.withTtl': 'WATERMARK … WITH TTL',
  'insert.overriding': 'OVERRIDING SYSTEM/USER VALUE',
  'update.whereCurrentOf': 'WHERE CURRENT OF',
  'delete.whereCurrentOf': 'WHERE CURRENT OF',
  'subscribe.envelope': 'SUBSCRIBE … ENVELOPE',
  'subscribe.withinTimestampOrderBy': 'SUBSCRIBE … WITHIN TIMESTAMP ORDER BY',
  deleteTopic: 'DELETE TOPIC',
  orReplace: 'OR REPLACE',
  temporary: 'a TEMPORARY view',
  'persistence.TEMPORARY': 'a TEMPORARY table',
  'persistence.UNLOGGED': 'an UNLOGGED table',
  tablespace: 'TABLESPACE',
  cluster: 'IN CLUSTER',
  inherits: 'INHERITS',
  partitionBy: 'PARTITION BY',
  partitionOf: 'PARTITION OF',
  distributedBy: 'DISTRIBUTED BY',
  onCommit: 'ON COMMIT',
  timing: 'constraint timing',
  collation: 'COLLATE',
  opclass: 'operator classes',
  intervalFields: 'interval with fields as a type',
  setof: 'SETOF',
  percentType: '%TYPE',
}
