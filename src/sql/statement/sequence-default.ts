import { oidToReg, regToOid } from '../../functions/reg-names.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { constant } from '../../plan/scalar-walk.ts'
import { INT8, type SqlType } from '../../types/sql-type.ts'
import type { Statement } from '../bind/context.ts'

const NEXTVAL = 'nextval(regclass)'
const REGCLASS: SqlType = { kind: 'regclass' }

/** The next value of a sequence, by its name of now, as a column of the type stores it. */
export function nextValue(st: Statement, sequence: number, type: SqlType): Scalar {
  const name = constant(oidToReg('regclass')(sequence, st.env.evalEnv), REGCLASS)
  const next: Scalar = { kind: 'call', fn: NEXTVAL, args: [name], type: INT8, position: -1 }
  return type.kind === 'int8' ? next : { kind: 'cast', arg: next, explicit: false, type, position: -1 }
}

/** The sequence that a DEFAULT is the next value of, by id; undefined: it is something else. */
export function sequenceRead(st: Statement, value: Scalar): number | undefined {
  if (value.kind === 'cast') return sequenceRead(st, value.arg)
  if (value.kind !== 'call' || value.fn !== NEXTVAL) return undefined
  const [name] = value.args
  if (name?.kind !== 'const' || typeof name.value !== 'string') return undefined
  const oid = regToOid('regclass')(name.value, st.env.evalEnv)
  return oid !== null && st.env.catalog.byId(oid)?.kind === 'sequence' ? oid : undefined
}
