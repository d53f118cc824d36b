import { SqlError } from '../../base/sql-error.ts'
import type { Datum } from '../../types/value.ts'
import { defEnv, type Options } from '../define.ts'
import type { EvalEnv, ScalarFunction, SequenceCalls } from '../function.ts'
import { regToOid } from '../reg-names.ts'

/** Sequences: what they hand out is the engine's; without one (in views) there are none. */
const effect: Options = { volatility: 'volatile', fallible: true }
const relationOid = regToOid('regclass')

function sequences(env: EvalEnv): SequenceCalls {
  if (env.sequences === undefined) throw new SqlError('0A000', 'sequences are not supported in this place')
  return env.sequences
}

const oidOf = (name: Datum, env: EvalEnv): number => relationOid(name as string, env) ?? 0

/** As values of int8 are: numbers as far as they are exact. */
const int8 = (value: bigint): Datum =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value

function setval([name, value, called = true]: readonly Datum[], env: EvalEnv): Datum {
  sequences(env).set(oidOf(name!, env), BigInt(value as number | bigint), called === true)
  return value!
}

export const sequenceFunctions: readonly ScalarFunction[] = [
  defEnv('nextval(regclass) int8', ([name], env) => int8(sequences(env).next(oidOf(name!, env))), effect),
  defEnv('currval(regclass) int8', ([name], env) => int8(sequences(env).current(oidOf(name!, env))), effect),
  defEnv('lastval() int8', (_, env) => int8(sequences(env).last()), effect),
  defEnv('setval(regclass,int8) int8', setval, effect),
  defEnv('setval(regclass,int8,bool) int8', setval, effect),
  defEnv(
    'pg_sequence_last_value(regclass) int8',
    ([name], env) => {
      const value = sequences(env).position(oidOf(name!, env))
      return value === null ? null : int8(value)
    },
    effect,
  ),
]
