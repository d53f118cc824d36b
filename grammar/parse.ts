// The way in: text to statements. One parser is built on first use and kept.

import type { Expr } from './ast.ts'
import type { Statement } from './ast-statement.ts'
import { EOF } from './chevrotain.ts'
import { GrammarError, syntaxError } from './errors.ts'
import { endToken, lex } from './lexer.ts'
import { nearMiss } from './near-miss.ts'
import { SqlParser, unexpected } from './parser.ts'
import { ruleFiles } from './rule-files.ts'
import type { Rules } from './rules.ts'
import type { SqlToken } from './token.ts'
import { T } from './tokens.ts'

export function buildParser(validate: boolean): { g: SqlParser; r: Rules } {
  const g = new SqlParser(validate)
  const r = {} as Rules
  for (const add of ruleFiles) add(g, r)
  g.analyse()
  return { g, r }
}

let built: { g: SqlParser; r: Rules } | undefined

/** Every statement of the text, empty ones left out. Spans are offsets into `sql`. */
export function parseStatements(sql: string): Statement[] {
  const tokens = lex(sql)
  const statements: Statement[] = []
  let from = 0
  while (from < tokens.length) {
    let to = from
    while (to < tokens.length && tokens[to].tokenType !== T.Semicolon) to++
    if (to > from) statements.push(run('statement', tokens.slice(from, to), tokens[to] ?? endToken(sql.length)))
    from = to + 1
  }
  return statements
}

/** Exactly one statement; a semicolon may follow. */
export function parseStatement(sql: string): Statement {
  const statements = parseStatements(sql)
  if (statements.length === 0) throw new GrammarError(syntaxError, 'syntax error at end of input', sql.length)
  if (statements.length > 1)
    throw new GrammarError(
      syntaxError,
      'cannot insert multiple commands into a prepared statement',
      statements[1].span.start,
    )
  return statements[0]
}

export function parseExpression(sql: string): Expr {
  return run('expr', lex(sql), endToken(sql.length))
}

function run<N extends 'statement' | 'expr'>(
  name: N,
  tokens: SqlToken[],
  end: SqlToken,
): N extends 'expr' ? Expr : Statement {
  built ??= buildParser(false)
  const { g, r } = built
  try {
    const result = name === 'expr' ? g.read(tokens, r.expr, 0, false) : g.read(tokens, r.statement)
    if (g.token(1).tokenType === EOF) return result as never
    throw unexpected(g.token(1))
  } catch (e) {
    if (!(e instanceof GrammarError)) throw e
    // Chevrotain's own end token has no place; the statement's end may be a semicolon.
    const error = e.position < 0 ? atEnd(e, end) : e
    if (error.sqlstate === syntaxError && error.hint === undefined) error.hint = nearMiss(tokens, error.position)
    throw error
  } finally {
    g.done()
  }
}

function atEnd(e: GrammarError, end: SqlToken): GrammarError {
  if (e.sqlstate === syntaxError) return unexpected(end)
  return new GrammarError(e.sqlstate, e.message, end.startOffset, e.hint)
}
