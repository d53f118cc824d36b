/**
 * What node-sql-parser 5.4 is known to read wrongly. Each has an example, which the test sees it read wrongly still, and a
 * sign by which statements are excused: they may differ, and no others.
 */
export interface Defect {
  readonly what: string
  readonly example: string
  readonly sign: RegExp
}

export const DEFECTS: readonly Defect[] = [
  {
    what: 'AND does not bind before OR',
    example: 'SELECT 1 FROM t WHERE x = 1 OR y = 2 AND z = 3',
    sign: /\bOR\b[\s\S]*\bAND\b/i,
  },
  {
    what: 'CROSS after a table without an alias becomes its alias',
    example: 'SELECT a FROM t CROSS JOIN u',
    sign: /\bCROSS\s+JOIN\b/i,
  },
  {
    what: 'NATURAL after a table without an alias becomes its alias',
    example: 'SELECT a FROM x NATURAL JOIN y',
    sign: /\bNATURAL\b/i,
  },
  {
    what: 'a set operation before a parenthesis becomes a join',
    example: 'SELECT v FROM a UNION (SELECT v FROM b)',
    sign: /\b(UNION|INTERSECT|EXCEPT)(\s+(ALL|DISTINCT))?\s*\(/i,
  },
  {
    what: 'a minus between qualified columns is part of a name',
    example: 'SELECT x.a-x.b FROM x',
    sign: /\w\.\w+-\w/,
  },
  {
    what: 'a negative number is rounded to a float',
    example: 'SELECT -9007199254740993',
    sign: /-\d{16,}/,
  },
  {
    what: 'a sign binds before ::',
    example: 'SELECT -1::text',
    sign: /-\d[\d.]*::/,
  },
  {
    what: 'a backslash escapes in an ordinary string',
    example: "SELECT s LIKE 'a\\'",
    sign: /\\/,
  },
  {
    what: 'a type whose name begins with that of another is that one under an alias',
    example: "SELECT '[1,5)'::int4range",
    sign: /::int[48](multi)?range\b/,
  },
  {
    what: 'OFFSET before LIMIT changes places with it',
    example: 'SELECT a FROM t OFFSET 2 LIMIT 3',
    sign: /\bOFFSET\s+\d+\s+LIMIT\b/i,
  },
]
