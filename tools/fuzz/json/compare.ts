import { Choices } from '../choices.ts'
import { failed, type Outcome, type Pair } from '../pair.ts'

/** Random statements, each by itself on both sides: the same rows, types and errors. */
export interface Found {
  readonly seed: number
  readonly sql: string
  readonly postgres: string
  readonly millrace: string
}

export interface Compared {
  readonly statements: number
  /** Of them failed in PostgreSQL. */
  readonly errors: number
  readonly found: readonly Found[]
}

export async function compareStatements(
  pair: Pair,
  make: (choices: Choices) => string,
  options: { readonly seed: number; readonly goOn: (done: number) => boolean; readonly used?: Map<string, number> },
): Promise<Compared> {
  const found: Found[] = []
  let statements = 0
  let errors = 0
  for (; options.goOn(statements); statements++) {
    const seed = options.seed + statements
    const sql = make(Choices.seeded(seed, options.used))
    const wanted = await pair.postgres(sql)
    const postgres = told(wanted)
    const millrace = told(await pair.millrace(sql))
    if (failed(wanted)) errors++
    if (postgres !== millrace) found.push({ seed, sql, postgres, millrace })
  }
  return { statements, errors, found }
}

/** What is wrong with a JSON text stands in the detail; the details of other errors of rows are not kept. */
function told(outcome: Outcome): string {
  if (!failed(outcome)) return JSON.stringify(outcome)
  const detail = outcome.message.startsWith('invalid input syntax') ? ` (${outcome.detail})` : ''
  return `${outcome.sqlstate} ${outcome.message}${detail}`
}

export const explained = ({ seed, sql, postgres, millrace }: Found): string =>
  `seed ${seed}: ${sql}\n  PostgreSQL ${postgres}\n  Millrace   ${millrace}`
