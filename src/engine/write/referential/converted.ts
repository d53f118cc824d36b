import { findCast } from '../../../functions/resolve.ts'
import type { Scalar } from '../../../plan/scalar.ts'
import { type SqlType, sameType } from '../../../types/sql-type.ts'
import type { Datum } from '../../../types/value.ts'
import { type ProgramEnv, rowProgram } from '../row-program.ts'

const WHOLE: Readonly<Partial<Record<SqlType['kind'], readonly [min: number, max: number]>>> = {
  int2: [-32768, 32767],
  int4: [-2147483648, 2147483647],
}

/** Whether a value of a key can be one of a column on its other side: where it cannot, no row has it. */
export function fits(value: Datum, { kind }: SqlType): boolean {
  const range = WHOLE[kind]
  if (range === undefined || value === null) return true
  return typeof value === 'number' && value >= range[0] && value <= range[1]
}

/** A value of the key as the column that refers to it stores it: PostgreSQL's assignment cast, with its errors. */
export function stored(value: Datum, from: SqlType, to: SqlType, program: ProgramEnv): Datum {
  if (sameType(from, to) || value === null || findCast(from, to, 'assignment') === null) return value
  const cast: Scalar = {
    kind: 'cast',
    arg: { kind: 'column', index: 0, type: from },
    explicit: false,
    type: to,
    position: -1,
  }
  return rowProgram([cast], [from], program)([value])[0]!
}
