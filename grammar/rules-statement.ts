// One token tells which statement it is; two for MERGE LATE.
import type { Statement } from './ast-statement.ts'
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import { T } from './tokens.ts'

export function statementRules(g: SqlParser, r: Rules) {
  const alternatives: { GATE?: () => boolean; ALT: () => Statement; IGNORE_AMBIGUITIES?: boolean }[] = [
    {
      GATE: () => g.peek(2) === T.LATE,
      ALT: () => g.sub(34, r.mergeLate),
      IGNORE_AMBIGUITIES: true,
    },
    { ALT: () => g.sub(2, r.dmlOrQuery) },
    { ALT: () => g.sub(3, r.create) },
    { ALT: () => g.sub(4, r.drop) },
    { ALT: () => g.sub(5, r.alter) },
    { ALT: () => g.sub(6, r.commentOn) },
    { ALT: () => g.sub(7, r.grant) },
    { ALT: () => g.sub(8, r.subscribe) },
    { ALT: () => g.sub(9, r.declare) },
    { ALT: () => g.sub(10, r.fetch) },
    { ALT: () => g.sub(11, r.close) },
    { ALT: () => g.sub(12, r.copy) },
    { ALT: () => g.sub(13, r.explain) },
    { ALT: () => g.sub(14, r.begin) },
    { ALT: () => g.sub(15, r.commit) },
    { ALT: () => g.sub(16, r.rollback) },
    { ALT: () => g.sub(17, r.savepoint) },
    { ALT: () => g.sub(18, r.set) },
    { ALT: () => g.sub(19, r.reset) },
    { ALT: () => g.sub(20, r.show) },
    { ALT: () => g.sub(21, r.describe) },
    { ALT: () => g.sub(22, r.discard) },
    { ALT: () => g.sub(23, r.prepare) },
    { ALT: () => g.sub(24, r.execute) },
    { ALT: () => g.sub(25, r.deallocate) },
    { ALT: () => g.sub(26, r.notifications) },
    { ALT: () => g.sub(27, r.lock) },
    { ALT: () => g.sub(28, r.truncate) },
    { ALT: () => g.sub(29, r.maintenance) },
    { ALT: () => g.sub(30, r.small) },
    { ALT: () => g.sub(31, r.advance) },
    { ALT: () => g.sub(32, r.lateness) },
    { ALT: () => g.sub(33, r.ksql) },
  ]
  r.statement = g.rule('statement', (): Statement => {
    g.deeper()
    const statement = g.alt<Statement>(1, alternatives)
    g.shallower()
    return statement
  })
}
