/** The text of an expression without the parentheses around all of it. */
export function unwrapped(sql: string): string {
  if (!sql.startsWith('(') || !sql.endsWith(')')) return sql
  let depth = 0
  for (let i = 0; i < sql.length; i++) {
    if (sql[i] === "'" || sql[i] === '"') {
      i = sql.indexOf(sql[i]!, i + 1)
      if (i < 0) return sql
    } else if (sql[i] === '(') depth++
    else if (sql[i] === ')' && --depth === 0 && i < sql.length - 1) return sql
  }
  return sql.slice(1, -1)
}
