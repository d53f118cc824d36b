import type { ArgType } from './function.ts'

/** PostgreSQL's oids of the pseudo-types of polymorphic functions. */
export const POLY_OIDS = {
  any: 2276,
  anyelement: 2283,
  anynonarray: 2776,
  anyenum: 3500,
  anyarray: 2277,
  anyrange: 3831,
  anymultirange: 4537,
  anycompatible: 5077,
  anycompatiblearray: 5078,
} as const satisfies Record<Extract<ArgType, { poly: string }>['poly'], number>
