import { failed, type Outcome } from '../pair.ts'
import type { Call } from './calls.ts'

/**
 * Where Millrace answers otherwise than PostgreSQL on purpose, or where both cannot be compared: each with its reason. Whatever
 * differs and is not named here is a defect.
 */

/** Rows that are not called. */
const LEFT_OUT: readonly (readonly [test: RegExp, reason: string])[] = [
  [/^(random|gen_random_uuid|setseed)\(/, 'random'],
  [
    /^(now|transaction_timestamp|statement_timestamp|clock_timestamp|timeofday|pg_postmaster_start_time|pg_conf_load_time)\(/,
    'the clock',
  ],
  [/^(age)\((timestamp|timestamptz)\)/, 'the clock: from today on'],
  [
    /^(version|current_user|session_user|user|getpgusername|current_database|current_schemas?|pg_backend_pid|pg_get_userbyid|inet_|pg_my_temp_schema)/,
    'which server, user and session it is',
  ],
  [
    /^(txid_|pg_current_xact|pg_xact_status|pg_(current|last)_wal|pg_is_in_recovery)/,
    "numbers of transactions and of the journal are not PostgreSQL's",
  ],
  [
    /^(has_\w+_privilege|pg_has_role|pg_get_|obj_description|col_description|shobj_description|to_reg|pg_\w+_is_visible|pg_\w+_size|pg_partition|pg_relation|pg_is_other|currval|nextval|setval|lastval|pg_sequence|current_setting|set_config|pg_tablespace|pg_options_to_table|pg_show)/,
    'what there is in the catalog',
  ],
  [/^(int2|int4|int8|oid)::reg(proc|type|namespace|class)$/, 'what there is in the catalog'],
  [/json/, 'called by tools/fuzz/json'],
  [/^(first_value|last_value)\(any/, 'aggregates that PostgreSQL has as window functions only'],
]

export const leftOut = (id: string, _name: string): string | undefined => LEFT_OUT.find(([test]) => test.test(id))?.[1]

/** Examples that are not true of PostgreSQL. */
export const exampleException = (id: string): string | undefined =>
  EXAMPLES.find(([test]) => test.test(id))?.[1] ??
  LEFT_OUT.find(([test, reason]) => test.test(id) && !/json/.test(reason))?.[1]

const EXAMPLES: typeof LEFT_OUT = [
  [/^d?cbrt\(/, 'the cube root of 27 is not 3 with the C library'],
  [/^position\(/, 'position takes IN'],
]

export interface Exception {
  readonly name: string
  readonly reason: string
  readonly covers: (call: Call, wanted: Outcome, found: Outcome) => boolean
}

const INTERVAL_RANGE = /^(interval out of range|interval field value out of range|timestamp out of range)/
/** Functions of the C library, which V8 has of its own. */
const LIBRARY =
  /^(a?(sin|cos|tan)h?d?|cotd?|atan2d?|exp|ln|log|log10|d?cbrt|d?pow|power|dexp|dlog1|dlog10|degrees|radians)$/

/** Numbers that differ in the last of their 15 to 17 digits. */
function near(wanted: Outcome, found: Outcome, digits: number): boolean {
  if (failed(wanted) || failed(found) || wanted.rows.length !== found.rows.length) return false
  return wanted.rows.every((row, r) =>
    row.every((text, c) => {
      const other = found.rows[r]![c]!
      if (text === null || other === null || text === other) return text === other
      const [a, b] = [Number(text), Number(other)]
      return Math.abs(a - b) <= Math.abs(a) * 10 ** -digits
    }),
  )
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    name: 'float functions of the C library',
    reason:
      'V8 computes them by other polynomials: the last digit of 16 may differ, and neither is always the nearer one',
    covers: ({ of }, wanted, found) => LIBRARY.test(of.name) && near(wanted, found, 15),
  },
  {
    name: 'exact sums of floats',
    reason: 'aggregates add floats exactly, so that rows can be taken back; PostgreSQL rounds after each row',
    covers: ({ of }, wanted, found) =>
      of.form === 'aggregate' &&
      /float/.test(of.id) &&
      (near(wanted, found, 12) ||
        (failed(wanted) && wanted.message === 'value out of range: overflow' && !failed(found))),
  },
  {
    name: 'types that are not here',
    reason: 'functions of bit strings, shapes and networks make a literal ambiguous in PostgreSQL',
    covers: (_, wanted, found) =>
      failed(wanted) && wanted.sqlstate === '42725' && !(failed(found) && found.sqlstate === '42725'),
  },
  {
    name: 'time with time zone',
    reason: 'the type timetz is not here',
    covers: (_, wanted) => !failed(wanted) && wanted.oids.includes(1266),
  },
  {
    name: 'rows of a table function',
    reason: 'their number has a bound, where PostgreSQL runs on',
    covers: (_, wanted, found) =>
      failed(found) && found.sqlstate === '54000' && failed(wanted) && wanted.sqlstate === '57014',
  },
  {
    name: 'functions that PostgreSQL writes in SQL',
    reason: 'it works them out before it sees that another argument is NULL',
    covers: ({ of }, wanted, found) =>
      /^substring\(text,text,text/.test(of.id) && failed(wanted) && wanted.sqlstate === '22025' && !failed(found),
  },
  {
    name: 'which error of several',
    reason: 'of the rows of an aggregate another one fails first',
    covers: ({ of }, wanted, found) => /^array_agg/.test(of.id) && failed(wanted) && failed(found),
  },
  {
    name: 'hours of an interval',
    reason: 'the time of an interval ends at 2^53 microseconds (2,501,999 hours)',
    covers: (_, wanted, found) =>
      failed(found) &&
      INTERVAL_RANGE.test(found.message) &&
      (failed(wanted) || wanted.rows.some((row) => row.some((text) => /\d{7,}:\d\d:\d\d/.test(text ?? '')))),
  },
  {
    name: 'overflow of make_interval',
    reason: 'PostgreSQL 15 wraps around silently, from 17 on it fails as here',
    covers: ({ of }, wanted, found) =>
      of.name === 'make_interval' && !failed(wanted) && failed(found) && found.sqlstate === '22008',
  },
  {
    name: 'age and differences of infinite times',
    reason: 'PostgreSQL 15 computes with the numbers that stand for them',
    covers: ({ of, sql }, wanted, found) =>
      /^age/.test(of.id) &&
      /infinity/.test(sql) &&
      failed(found) &&
      found.sqlstate === '22008' &&
      (!failed(wanted) || wanted.sqlstate === '22008'),
  },
  {
    name: 'differences of times beyond 64 bits',
    reason: 'PostgreSQL 15 wraps around silently',
    covers: ({ of }, wanted, found) => /^timestamp(tz)?_mi\(/.test(of.id) && !failed(wanted) && !failed(found),
  },
  {
    name: 'oids of system relations',
    reason: 'system views have oids of their own',
    covers: ({ sql, of }, wanted, found) =>
      /regclass/.test(of.id) &&
      !failed(wanted) &&
      !failed(found) &&
      (/pg_class/.test(sql) || /oid::|int\d::/.test(of.id)),
  },
  {
    name: 'which error a text that is no time gives',
    reason: 'PostgreSQL tells of the part that it stumbles over: a zone, a displacement, a field',
    covers: (_, wanted, found) =>
      failed(wanted) &&
      failed(found) &&
      /^22(007|008|009|023)$/.test(wanted.sqlstate) &&
      /^22(007|008|009|023)$/.test(found.sqlstate) &&
      /^(invalid input syntax for type (date|time)|date\/time field value|time zone)/.test(found.message),
  },
  {
    name: 'dates beyond timestamps',
    reason: 'a date beside a timestamp becomes one, where PostgreSQL has operators of both',
    covers: (_, wanted, found) =>
      !failed(wanted) && failed(found) && found.message === 'date out of range for timestamp',
  },
  {
    name: 'words that are no zones',
    reason: 'PostgreSQL takes what it can read of a text as a zone of POSIX',
    covers: ({ of }, wanted, found) =>
      !failed(wanted) &&
      failed(found) &&
      /^time zone .* not recognized$/s.test(found.message) &&
      /timezone|date_trunc|make_timestamptz/.test(of.id),
  },
  {
    name: 'basic regular expressions',
    reason: 'the flag b is refused',
    covers: (_, __, found) => failed(found) && found.message === 'a basic regular expression is not supported',
  },
  {
    name: 'character classes of names',
    reason: 'PostgreSQL gives the type name the collation C, where no letter is beyond ASCII',
    covers: ({ of }, wanted, found) => /^name.*(like|regex)/.test(of.id) && !failed(wanted) && !failed(found),
  },
  {
    name: 'sums of intervals',
    reason: 'only the total has to fit, not what was summed up on the way',
    covers: ({ of }, wanted, found) =>
      /^(sum|avg)\(interval/.test(of.id) && failed(wanted) && wanted.sqlstate === '22008' && !failed(found),
  },
  {
    name: 'equal values that are written otherwise',
    reason: 'which of them stands for all is not defined',
    covers: ({ of }, wanted, found) =>
      /^(min|max|mode)\(/.test(of.id) &&
      !failed(wanted) &&
      !failed(found) &&
      wanted.rows[0]?.[0]?.trim() === found.rows[0]?.[0]?.trim(),
  },
  {
    name: 'syntax of type names',
    reason: 'what is no type name is told as an unknown type, not as a syntax error',
    covers: ({ of }, wanted, found) =>
      /reg(type|proc)/.test(of.id) &&
      failed(wanted) &&
      /^(42601|42704|42602|3F000|22023|42883)$/.test(wanted.sqlstate) &&
      failed(found) &&
      /^(42704|42883|42602)$/.test(found.sqlstate),
  },
]

export function exceptionFor(call: Call, wanted: Outcome, found: Outcome): Exception | undefined {
  return EXCEPTIONS.find((exception) => exception.covers(call, wanted, found))
}
