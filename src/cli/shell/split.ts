/** Splits a script into statements at semicolons that stand outside quotes, dollar quotes and comments. */
export interface SplitScript {
  readonly statements: readonly string[]
  /** What follows the last semicolon; whitespace and comments alone give ''. */
  readonly rest: string
}

export function splitStatements(text: string): SplitScript {
  const statements: string[] = []
  let start = 0
  let meaningful = false
  for (let i = 0; i < text.length; ) {
    const skipped = skipComment(text, i)
    if (skipped > i) {
      i = skipped
      continue
    }
    const c = text[i]
    if (c === ';') {
      if (meaningful) statements.push(text.slice(start, i).trim())
      start = ++i
      meaningful = false
      continue
    }
    if (!/\s/.test(c)) meaningful = true
    i = skipQuoted(text, i)
  }
  return { statements, rest: meaningful ? text.slice(start).trim() : '' }
}

/** End of the comment that begins at `i`, or `i`. Block comments nest. */
function skipComment(text: string, i: number): number {
  if (text.startsWith('--', i)) {
    const end = text.indexOf('\n', i)
    return end < 0 ? text.length : end + 1
  }
  if (!text.startsWith('/*', i)) return i
  let depth = 0
  for (let at = i; at < text.length; at++) {
    if (text.startsWith('/*', at)) {
      depth++
      at++
    } else if (text.startsWith('*/', at)) {
      depth--
      at++
      if (depth === 0) return at + 1
    }
  }
  return text.length
}

/** The position after the quoted text, or after the one character, at `i`. An open quote takes all that follows. */
function skipQuoted(text: string, i: number): number {
  const c = text[i]
  if (c === "'" || c === '"') return skipString(text, i, c)
  if (c === '$' && !/[\w$]/.test(text[i - 1] ?? '')) {
    const tag = /^\$(?:[A-Za-z_]\w*)?\$/.exec(text.slice(i, i + 66))?.[0]
    if (tag) {
      const end = text.indexOf(tag, i + tag.length)
      return end < 0 ? text.length : end + tag.length
    }
  }
  return i + 1
}

/** A doubled quote needs no care: it ends one string and begins the next. Backslashes count in E'' alone. */
function skipString(text: string, i: number, quote: string): number {
  const escapes = quote === "'" && /[eE]/.test(text[i - 1] ?? '') && !/\w/.test(text[i - 2] ?? '')
  for (let at = i + 1; at < text.length; at++) {
    if (escapes && text[at] === '\\') at++
    else if (text[at] === quote) return at + 1
  }
  return text.length
}
