import { typeOid } from '../../types/pg-type.ts'
import { RANGE_TYPES } from '../../types/range-type.ts'
import { OID, type SqlType } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import { column } from './columns.ts'
import type { SystemRelation } from './relation.ts'

const REGPROC: SqlType = { kind: 'regproc' }

/** Range types: what they are of. */
export const PG_RANGE: SystemRelation = {
  schema: 'pg_catalog',
  name: 'pg_range',
  rowType: [
    column('rngtypid', OID),
    column('rngsubtype', OID),
    column('rngmultitypid', OID),
    column('rngcollation', OID),
    column('rngsubopc', OID),
    column('rngcanonical', REGPROC),
    column('rngsubdiff', REGPROC),
  ],
  rows: (): Row[] =>
    RANGE_TYPES.map(({ of, discrete, range: [oid, , name], multirange }) => [
      oid,
      typeOid({ kind: of }),
      multirange[0],
      0,
      0,
      discrete ? `${name}_canonical` : '-',
      '-',
    ]),
}
