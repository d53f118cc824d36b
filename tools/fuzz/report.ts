import { type Difference, folded, type World } from './experiment.ts'
import { failed, type Outcome } from './pair.ts'

/** A difference as a file of SQL tests that shows it, up to the batch in which it shows. */
export function asTest(world: World, sql: string, difference: Difference): string {
  const statements = [...world.ddl, ...world.rows, ...world.batches.slice(0, difference.batch).flat()]
  const done = statements.map((statement) => `statement ok\n${statement};\n`)
  return [...done, expectation(sql, difference.wanted)].join('\n')
}

function expectation(sql: string, wanted: Outcome): string {
  if (failed(wanted)) return `statement error ${wanted.message}\n${sql};\n`
  const rows = wanted.rows.map((row) =>
    row
      .map((value) => value ?? 'NULL')
      .map((value) => value || '(empty)')
      .join(' '),
  )
  return `query ${'T'.repeat(wanted.oids.length)} rowsort\n${sql};\n----\n${rows.sort().join('\n')}\n`
}

export function explained({ way, batch, wanted, found }: Difference): string {
  const text = (outcome: Outcome) => {
    if (failed(outcome)) return `  ${outcome.sqlstate} ${outcome.message}`
    if (way === 'types') return `  types ${outcome.oids.join(', ')}`
    return folded(outcome.rows).replace(/^/gm, '  ')
  }
  return `${way} differs after ${batch} batches\nPostgreSQL:\n${text(wanted)}\nMillrace:\n${text(found)}`
}
