import type { FunctionEntry } from '../../catalog/entry.ts'
import { CAST_ROWS } from '../../functions/cast-table.ts'
import { procs } from '../../functions/lookup.ts'
import { argOid, type Proc } from '../../functions/proc-table.ts'
import { typeOid } from '../../types/pg-type.ts'
import { arrayOf, BOOL, FLOAT4, INT2, NAME, OID, type SqlType, TEXT } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import { column } from './columns.ts'
import { OWNER_OID, PG_CATALOG_OID } from './pg-facts.ts'
import type { SystemRelation } from './relation.ts'

const CHAR: SqlType = { kind: 'char' }
const REGPROC: SqlType = { kind: 'regproc' }
const INTERNAL_LANGUAGE = 12
const SQL_LANGUAGE = 14
const RECORD_OID = 2249
const FIRST_OPERATOR_OID = 910_000_000
const FIRST_CAST_OID = 920_000_000
const TEXTS: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar'])

function operatorRow(proc: Proc, index: number): Row {
  const [left, right] = proc.args.length === 1 ? [0, argOid(proc.args[0]!)] : proc.args.map(argOid)
  return [
    FIRST_OPERATOR_OID + index,
    proc.operator,
    PG_CATALOG_OID,
    OWNER_OID,
    proc.args.length === 1 ? 'l' : 'b',
    false,
    false,
    left!,
    right!,
    argOid(proc.returns),
    0,
    0,
    proc.name,
    '-',
    '-',
  ]
}

/** A function of CREATE FUNCTION. */
function createdRow(entry: FunctionEntry): Row {
  const types = entry.parameters.map((p) => typeOid(p.type))
  const columns = entry.columns ?? []
  const names = [...entry.parameters.map((p) => p.name ?? ''), ...columns.map((c) => c.name)]
  const defaults = entry.parameters.flatMap((p) => p.defaultSql ?? [])
  return [
    entry.id,
    entry.fn,
    entry.schema,
    OWNER_OID,
    SQL_LANGUAGE,
    100,
    entry.set ? 1000 : 0,
    0,
    '-',
    'f',
    false,
    false,
    entry.strict,
    entry.set,
    entry.volatility[0]!,
    'u',
    types.length,
    defaults.length,
    entry.returns === null ? RECORD_OID : typeOid(entry.returns),
    types,
    columns.length === 0 ? null : [...types, ...columns.map((c) => typeOid(c.type))],
    columns.length === 0 ? null : [...types.map(() => 'i'), ...columns.map(() => 't')],
    names.some((n) => n !== '') ? names : null,
    defaults.length === 0 ? null : defaults.join(', '),
    entry.body,
    null,
    null,
    null,
    null,
  ]
}

/** The function, operator and cast tables. */
export const PG_FUNCTION_RELATIONS: readonly SystemRelation[] = [
  {
    schema: 'pg_catalog',
    name: 'pg_proc',
    rowType: [
      column('oid', OID),
      column('proname', NAME),
      column('pronamespace', OID),
      column('proowner', OID),
      column('prolang', OID),
      column('procost', FLOAT4),
      column('prorows', FLOAT4),
      column('provariadic', OID),
      column('prosupport', REGPROC),
      column('prokind', CHAR),
      column('prosecdef', BOOL),
      column('proleakproof', BOOL),
      column('proisstrict', BOOL),
      column('proretset', BOOL),
      column('provolatile', CHAR),
      column('proparallel', CHAR),
      column('pronargs', INT2),
      column('pronargdefaults', INT2),
      column('prorettype', OID),
      column('proargtypes', arrayOf(OID)),
      column('proallargtypes', arrayOf(OID)),
      column('proargmodes', arrayOf(CHAR)),
      column('proargnames', arrayOf(TEXT)),
      column('proargdefaults', TEXT),
      column('prosrc', TEXT),
      column('probin', TEXT),
      column('prosqlbody', TEXT),
      column('proconfig', arrayOf(TEXT)),
      column('proacl', arrayOf(TEXT)),
    ],
    *rows({ world }): Iterable<Row> {
      for (const proc of procs()) {
        yield [
          proc.oid,
          proc.name,
          PG_CATALOG_OID,
          OWNER_OID,
          INTERNAL_LANGUAGE,
          1,
          proc.set ? 1000 : 0,
          proc.variadic ? argOid(proc.args.at(-1)!) : 0,
          '-',
          proc.kind,
          false,
          false,
          proc.strict,
          proc.set,
          proc.volatility,
          's',
          proc.args.length,
          0,
          argOid(proc.returns),
          proc.args.map(argOid),
          null,
          null,
          null,
          null,
          proc.name,
          null,
          null,
          null,
          null,
        ]
      }
      for (const entry of world.catalog.all()) if (entry.kind === 'function') yield createdRow(entry)
    },
  },
  {
    schema: 'pg_catalog',
    name: 'pg_operator',
    rowType: [
      column('oid', OID),
      column('oprname', NAME),
      column('oprnamespace', OID),
      column('oprowner', OID),
      column('oprkind', CHAR),
      column('oprcanmerge', BOOL),
      column('oprcanhash', BOOL),
      column('oprleft', OID),
      column('oprright', OID),
      column('oprresult', OID),
      column('oprcom', OID),
      column('oprnegate', OID),
      column('oprcode', REGPROC),
      column('oprrest', REGPROC),
      column('oprjoin', REGPROC),
    ],
    rows: (): Row[] =>
      procs()
        .filter((p) => p.operator !== null)
        .map(operatorRow),
  },
  {
    schema: 'pg_catalog',
    name: 'pg_cast',
    rowType: [
      column('oid', OID),
      column('castsource', OID),
      column('casttarget', OID),
      column('castfunc', OID),
      column('castcontext', CHAR),
      column('castmethod', CHAR),
    ],
    // Conversions are no functions that one could call: castfunc is 0. What needs none still may be stored otherwise in
    // PostgreSQL (integers of different width): only texts and oids are binary coercible.
    rows: (): Row[] =>
      CAST_ROWS.map((c, i) => [
        FIRST_CAST_OID + i,
        typeOid({ kind: c.from }),
        typeOid({ kind: c.to }),
        0,
        c.context[0]!,
        c.convert === undefined && TEXTS.has(c.from) && TEXTS.has(c.to) ? 'b' : 'f',
      ]),
  },
  {
    schema: 'pg_catalog',
    name: 'pg_language',
    rowType: [
      column('oid', OID),
      column('lanname', NAME),
      column('lanowner', OID),
      column('lanispl', BOOL),
      column('lanpltrusted', BOOL),
      column('lanplcallfoid', OID),
      column('laninline', OID),
      column('lanvalidator', OID),
      column('lanacl', arrayOf(TEXT)),
    ],
    rows: (): Row[] => [[INTERNAL_LANGUAGE, 'internal', OWNER_OID, false, false, 0, 0, 0, null]],
  },
]
