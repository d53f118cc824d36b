// What to write instead, for a statement of another database. node-sql-parser is loaded only when our grammar has
// refused a statement; it gives no SQL its meaning, it only tells whose SQL this is.
import { createRequire } from 'node:module'

type Dialect = 'mysql' | 'bigquery' | 'snowflake' | 'flinksql' | 'transactsql' | 'hive'
const titles: Record<Dialect, string> = {
  mysql: 'MySQL',
  bigquery: 'BigQuery',
  snowflake: 'Snowflake',
  flinksql: 'Flink SQL',
  transactsql: 'Transact-SQL',
  hive: 'Hive',
}

/**
 * `pattern` finds the construct in the text; the others are what the hint says: what it is, what this server lacks for
 * it, what to write instead. Earlier rules win. What is offered runs: src/sql/dialect-spellings.test.ts.
 */
type Rule = { dialects: Dialect[]; pattern: RegExp; construct: string; absent?: string; instead?: string }
export const dialectRules: readonly Rule[] = [
  {
    dialects: ['mysql'],
    pattern: /\bON\s+DUPLICATE\s+KEY\s+UPDATE\b/i,
    construct: 'ON DUPLICATE KEY UPDATE',
    instead: 'ON CONFLICT (key) DO UPDATE SET …',
  },
  {
    dialects: ['mysql'],
    pattern: /^\s*INSERT\s+(?:INTO\s+)?\S+\s+SET\b/i,
    construct: 'INSERT … SET',
    instead: 'INSERT INTO t (a, …) VALUES (1, …)',
  },
  {
    dialects: ['flinksql', 'hive'],
    pattern: /^\s*INSERT\s+INTO\s+(?:TABLE\s+)?\S+\s+PARTITION\s*\(/i,
    construct: 'PARTITION (…) of INSERT',
    absent: 'partitions of tables',
    instead: "INSERT INTO t (a, p) SELECT a, 'x' FROM u",
  },
  {
    dialects: ['flinksql', 'mysql'],
    pattern: /^\s*CREATE\s+TABLE\s+\S+\s+LIKE\b/i,
    construct: 'CREATE TABLE … LIKE',
    instead: 'CREATE TABLE t AS SELECT * FROM u WITH NO DATA',
  },
  { dialects: ['flinksql'], pattern: /\bARRAY\s*<\s*\w/i, construct: 'ARRAY<type>', instead: 'type[]' },
  {
    dialects: ['mysql'],
    pattern: /^\s*INSERT\s+IGNORE\b/i,
    construct: 'INSERT IGNORE',
    instead: 'INSERT … ON CONFLICT DO NOTHING',
  },
  {
    dialects: ['mysql'],
    pattern: /^\s*REPLACE\s+INTO\b/i,
    construct: 'REPLACE INTO',
    instead: 'INSERT … ON CONFLICT (key) DO UPDATE SET …',
  },
  {
    dialects: ['hive'],
    pattern: /^\s*INSERT\s+OVERWRITE\b/i,
    construct: 'INSERT OVERWRITE',
    instead: 'TRUNCATE and INSERT INTO in one transaction',
  },
  { dialects: ['mysql'], pattern: /^\s*LOAD\s+DATA\b/i, construct: 'LOAD DATA', instead: 'COPY t FROM STDIN' },
  {
    dialects: ['mysql'],
    pattern: /\bINTO\s+OUTFILE\b/i,
    construct: 'INTO OUTFILE',
    instead: 'COPY (SELECT …) TO STDOUT',
  },
  {
    dialects: ['mysql'],
    pattern: /\bAUTO_INCREMENT\b/i,
    construct: 'AUTO_INCREMENT',
    absent: 'identity columns: give each row its key',
  },
  {
    dialects: ['transactsql'],
    pattern: /\bIDENTITY\s*\(\s*\d/i,
    construct: 'IDENTITY(seed, step)',
    absent: 'identity columns: give each row its key',
  },
  {
    dialects: ['mysql'],
    pattern: /\bENGINE\s*=/i,
    construct: 'ENGINE = …',
    absent: 'storage engines: leave it out',
  },
  {
    dialects: ['mysql'],
    pattern: /\bUNSIGNED\b/i,
    construct: 'UNSIGNED',
    absent: 'unsigned types',
    instead: 'the next larger type: bigint for INT UNSIGNED',
  },
  {
    dialects: ['mysql'],
    pattern: /\)?\s+COMMENT\s+'/i,
    construct: "COMMENT '…'",
    absent: 'comments of tables and columns: leave it out',
  },
  {
    dialects: ['mysql'],
    pattern: /\bALTER\s+TABLE\b[\s\S]*\bMODIFY\b/i,
    construct: 'MODIFY COLUMN',
    absent: "change of a column's type",
    instead: 'CREATE TABLE u AS SELECT c::type AS c, … FROM t',
  },
  {
    dialects: ['mysql'],
    pattern: /\bALTER\s+TABLE\b[\s\S]*\bCHANGE\b/i,
    construct: 'CHANGE',
    absent: "change of a column's type",
    instead: 'ALTER TABLE t RENAME COLUMN a TO b',
  },
  {
    dialects: ['mysql'],
    pattern: /^\s*RENAME\s+TABLE\b/i,
    construct: 'RENAME TABLE',
    instead: 'ALTER TABLE a RENAME TO b',
  },
  { dialects: ['mysql'], pattern: /^\s*DESC\s+\w/i, construct: 'DESC', instead: 'SHOW COLUMNS FROM t' },
  {
    dialects: ['mysql'],
    pattern: /\bGROUP_CONCAT\s*\([\s\S]*\bSEPARATOR\b/i,
    construct: 'GROUP_CONCAT(… SEPARATOR s)',
    instead: 'string_agg(x, s ORDER BY y)',
  },
  {
    dialects: ['mysql'],
    pattern: /\bMATCH\s*\([^)]*\)\s*AGAINST\b/i,
    construct: 'MATCH … AGAINST',
    instead: 'LIKE or a regular expression (~)',
  },
  {
    dialects: ['mysql'],
    pattern: /\bLOCK\s+IN\s+SHARE\s+MODE\b/i,
    construct: 'LOCK IN SHARE MODE',
    instead: 'FOR SHARE, with the whole primary key in WHERE',
  },
  {
    dialects: ['mysql'],
    pattern: /\bWITH\s+ROLLUP\b/i,
    construct: 'WITH ROLLUP',
    absent: 'ROLLUP',
    instead: 'UNION ALL of a query for each level',
  },
  { dialects: ['mysql'], pattern: /\b(?:REGEXP|RLIKE)\b/i, construct: 'REGEXP', instead: "x ~ 'pattern'" },
  { dialects: ['mysql'], pattern: /\bDIV\b/i, construct: 'DIV', instead: 'a / b, which divides integers whole' },
  { dialects: ['mysql'], pattern: /\bXOR\b/i, construct: 'XOR', instead: 'a <> b' },
  {
    dialects: ['mysql'],
    pattern: /@\w+\s*:?=|\bSET\s+@/i,
    construct: 'user variables',
    instead: 'a prepared parameter ($1) or a WITH clause',
  },
  {
    dialects: ['transactsql'],
    pattern: /\bDECLARE\s+@/i,
    construct: 'DECLARE @x',
    instead: 'a prepared parameter ($1) or a WITH clause',
  },
  {
    dialects: ['transactsql', 'snowflake'],
    pattern: /\bSELECT\s+(?:DISTINCT\s+)?TOP\s*\(?\d/i,
    construct: 'TOP n',
    instead: 'LIMIT n',
  },
  {
    dialects: ['transactsql'],
    pattern: /\b(?:CROSS|OUTER)\s+APPLY\b/i,
    construct: 'APPLY',
    instead: 'CROSS JOIN LATERAL (…) or LEFT JOIN LATERAL (…) ON true',
  },
  {
    dialects: ['transactsql'],
    pattern: /\bWITH\s*\(\s*NOLOCK\b/i,
    construct: 'WITH (NOLOCK)',
    absent: 'lock hints: readers never block',
  },
  { dialects: ['transactsql'], pattern: /^\s*EXEC\b/i, construct: 'EXEC', absent: 'procedures' },
  {
    dialects: ['transactsql'],
    pattern: /(?:\bFROM|\bJOIN|\bSELECT|[,.])\s*\[\w/i,
    construct: '[names in brackets]',
    instead: '"names in double quotes"',
  },
  {
    dialects: ['bigquery'],
    pattern: /\bSAFE_CAST\b/i,
    construct: 'SAFE_CAST',
    absent: 'cast that gives NULL for what it cannot read',
    instead: "CASE WHEN x ~ 'pattern' THEN x::type END",
  },
  {
    dialects: ['bigquery'],
    pattern: /\*\s*REPLACE\s*\(/i,
    construct: '* REPLACE (…)',
    instead: 'the columns by name, or * EXCEPT (a), x AS a',
  },
  {
    dialects: ['bigquery'],
    pattern: /\[\s*(?:SAFE_)?(?:OFFSET|ORDINAL)\s*\(/i,
    construct: 'x[OFFSET(n)]',
    instead: 'x[n + 1]: arrays count from 1',
  },
  {
    dialects: ['bigquery'],
    pattern: /\bSTRUCT\s*\(/i,
    construct: 'STRUCT(… AS name)',
    absent: 'structs',
    instead: "jsonb_build_object('name', x, …)",
  },
  { dialects: ['bigquery'], pattern: /\bUNNEST\s*\(\s*\[/i, construct: 'UNNEST([…])', instead: 'unnest(ARRAY[…])' },
  { dialects: ['snowflake', 'bigquery'], pattern: /\b\w+:\w/i, construct: 'v:path', instead: "v -> 'path' ->> 'leaf'" },
  {
    dialects: ['snowflake', 'bigquery', 'transactsql'],
    pattern: /\bPIVOT\s*\(/i,
    construct: 'PIVOT',
    instead: 'sum(x) FILTER (WHERE b = 1) for each column',
  },
  {
    dialects: ['bigquery'],
    pattern: /,\s*FROM\b/i,
    construct: 'a trailing comma',
    instead: 'the list without its last comma',
  },
  { dialects: ['mysql', 'bigquery'], pattern: /\bMINUS\b/i, construct: 'MINUS', instead: 'EXCEPT' },
  { dialects: ['mysql'], pattern: /\bLIMIT\s+\S+\s*,\s*\S+/i, construct: 'LIMIT a, b', instead: 'LIMIT b OFFSET a' },
  {
    dialects: ['mysql'],
    pattern: /^\s*UPDATE\b[\s\S]*\bJOIN\b[\s\S]*\bSET\b/i,
    construct: 'UPDATE … JOIN',
    instead: 'UPDATE t SET … FROM u WHERE …',
  },
  {
    dialects: ['mysql'],
    pattern: /^\s*DELETE\s+\w+\s+FROM\b/i,
    construct: 'DELETE t FROM … JOIN',
    instead: 'DELETE FROM t USING u WHERE …',
  },
  {
    dialects: ['bigquery'],
    pattern: /^\s*DELETE\s+(?!FROM\b)\w+/i,
    construct: 'DELETE without FROM',
    instead: 'DELETE FROM t',
  },
  {
    dialects: ['mysql', 'transactsql'],
    pattern: /^\s*INSERT\s+(?!INTO\b)\w+/i,
    construct: 'INSERT without INTO',
    instead: 'INSERT INTO t',
  },
  {
    dialects: ['mysql'],
    pattern: /^\s*(?:UPDATE|DELETE)\b[\s\S]*\bLIMIT\b/i,
    construct: 'LIMIT in UPDATE or DELETE',
    instead: 'WHERE key IN (SELECT key FROM t … LIMIT n)',
  },
  { dialects: ['mysql'], pattern: /\bSELECT\s+BINARY\b/i, construct: 'BINARY x', instead: 'x COLLATE "C"' },
  { dialects: ['mysql'], pattern: /\\'/, construct: "\\' in a string", instead: "'' (a doubled quote) or E'…\\'…'" },
  { dialects: ['mysql', 'bigquery'], pattern: /(?:^|\s)#/, construct: '# comments', instead: '-- comments' },
]

const require = createRequire(import.meta.url)
const loaded = new Map<Dialect, { astify(sql: string): unknown }>()

async function accepts(dialect: Dialect, sql: string): Promise<boolean> {
  let parser = loaded.get(dialect)
  if (!parser) {
    // Each dialect is a bundle of its own; CommonJS, so `require` rather than a namespace object to unwrap.
    const bundle = require(`node-sql-parser/build/${dialect}.js`) as {
      Parser: new () => { astify(sql: string): unknown }
    }
    parser = new bundle.Parser()
    loaded.set(dialect, parser)
  }
  try {
    parser.astify(sql)
    return true
  } catch {
    return false
  }
}

/** Call only for a statement the grammar refused. Long texts are not worth the time. */
export async function dialectHint(sql: string): Promise<string | undefined> {
  if (sql.length > 20_000) return undefined
  for (const rule of dialectRules) {
    if (!rule.pattern.test(sql)) continue
    for (const dialect of rule.dialects) {
      if (await accepts(dialect, sql)) {
        const absent = rule.absent === undefined ? '' : ` Millrace has no ${rule.absent}.`
        const instead = rule.instead === undefined ? '' : ` Write ${rule.instead}.`
        return `This is ${titles[dialect]}: ${rule.construct}.${absent}${instead}`
      }
    }
  }
  const matching: Dialect[] = []
  for (const dialect of ['mysql', 'bigquery', 'snowflake', 'flinksql'] as const) {
    if (await accepts(dialect, sql)) matching.push(dialect)
  }
  // Transact-SQL is not asked: it takes any words for a procedure call. What nearly every dialect takes tells nothing about where it came from.
  if (matching.length === 0 || matching.length > 2) return undefined
  return `${matching.map((d) => titles[d]).join(' and ')} would accept this statement; this server reads PostgreSQL's syntax.`
}
