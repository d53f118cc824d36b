/**
 * Which tables a query may read, found in the text of the statements that ran: names of tables, and of views with the
 * text that defines them. Over-approximates (a word that is a table's name anywhere in the text counts).
 */
const NAME = String.raw`((?:"[^"]+"|[\w$]+)(?:\s*\.\s*(?:"[^"]+"|[\w$]+))?)`
const CREATE_TABLE = new RegExp(String.raw`\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?${NAME}`, 'gi')
const CREATE_VIEW = new RegExp(
  String.raw`\bcreate\s+(?:or\s+replace\s+)?(?:materialized\s+)?view\s+(?:if\s+not\s+exists\s+)?${NAME}`,
  'gi',
)
const DROP = new RegExp(String.raw`\bdrop\s+(?:table|view|materialized\s+view)\s+(?:if\s+exists\s+)?${NAME}`, 'gi')

export class Relations {
  readonly #tables = new Map<string, string>()
  readonly #views = new Map<string, string>()

  /** `sql` ran without error. */
  observe(sql: string): void {
    for (const match of sql.matchAll(DROP)) {
      this.#tables.delete(bareName(match[1]))
      this.#views.delete(bareName(match[1]))
    }
    for (const match of sql.matchAll(CREATE_TABLE)) this.#tables.set(bareName(match[1]), match[1])
    for (const match of sql.matchAll(CREATE_VIEW)) this.#views.set(bareName(match[1]), sql)
  }

  /** Tables, as they were written, that `sql` reads directly or through views. */
  tablesOf(sql: string): string[] {
    const seen = new Set<string>()
    const found: string[] = []
    const visit = (text: string): void => {
      for (const word of wordsOf(text)) {
        if (seen.has(word)) continue
        seen.add(word)
        const table = this.#tables.get(word)
        if (table !== undefined) found.push(table)
        const view = this.#views.get(word)
        if (view !== undefined) visit(view)
      }
    }
    visit(sql)
    return found
  }
}

function bareName(name: string): string {
  const last = name.split('.').at(-1) ?? name
  return fold(last.trim())
}

const fold = (word: string): string => (word.startsWith('"') ? word.slice(1, -1) : word.toLowerCase())

function wordsOf(text: string): string[] {
  return (text.match(/"[^"]+"|[\w$]+/g) ?? []).map(fold)
}

/** Whether a statement gives rows and could be a view. */
export function isSelect(sql: string): boolean {
  return /^[\s(]*(select|values|with|table)\b/i.test(sql.replace(/^(\s*--[^\n]*\n)+/, ''))
}

/** Without the semicolon at its end, to stand inside another statement. */
export const embeddable = (sql: string): string => sql.replace(/;\s*(--[^\n]*)?$/, '').trim()
