import type { Choices } from './choices.ts'

/**
 * Types of the random queries, and their literals. Values are few, so that rows meet. A numeric has two digits behind the
 * point everywhere, and a double is a multiple of 1/4: results do not depend on the order in which PostgreSQL adds rows up.
 */
export const TYPES = ['int', 'text', 'numeric', 'bool', 'bigint', 'date', 'timestamp', 'float'] as const
export type Type = (typeof TYPES)[number]

export const TYPE_SQL = {
  int: 'int',
  bigint: 'bigint',
  numeric: 'numeric(12,2)',
  float: 'double precision',
  text: 'text',
  bool: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
} as const satisfies Record<Type, string>

const VALUES = {
  int: ['1', '2', '0', '3', '(-1)', '7'],
  bigint: ['1::bigint', '2::bigint', '0::bigint', '5::bigint'],
  numeric: ['1.00', '0.00', '2.50', '(-1.25)', '10.10'],
  float: ["'1'::float8", "'0.25'::float8", "'-2.5'::float8", "'0'::float8"],
  text: ["'a'", "''", "'b'", "'ab'", "'Ba'", "'ä%'"],
  bool: ['true', 'false'],
  date: ["DATE '2024-01-31'", "DATE '2024-02-29'", "DATE '2023-12-31'"],
  timestamp: [
    "TIMESTAMP '2024-01-31 12:00:00'",
    "TIMESTAMP '2024-02-29 00:00:00.5'",
    "TIMESTAMP '2023-12-31 23:59:59'",
  ],
} as const satisfies Record<Type, readonly string[]>

export function literal(type: Type, choices: Choices, nullable = false): string {
  if (nullable && choices.chance(20)) return 'NULL'
  return choices.one<string>(VALUES[type])
}
