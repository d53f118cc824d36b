// The statements of the conformance files, for tests: sqllogictest records cut out by their directives.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const conformanceDir = fileURLToPath(new URL('../../../shared/conformance', import.meta.url))
export const hasConformance = existsSync(conformanceDir)

export function conformanceStatements(): string[] {
  const found = new Set<string>()
  for (const entry of readdirSync(conformanceDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(slt|test|part)$/.test(entry.name)) continue
    for (const sql of cut(readFileSync(join(entry.parentPath, entry.name), 'utf8'))) found.add(sql)
  }
  return [...found]
}

function cut(text: string): string[] {
  const statements: string[] = []
  const lines = text.split(/\r?\n/)
  for (let i = 0; i < lines.length; i++) {
    if (!/^(statement|query)\b/.test(lines[i]) || /^statement error|^query error/.test(lines[i])) continue
    const sql: string[] = []
    for (i++; i < lines.length && lines[i].trim() !== '' && lines[i].trim() !== '----'; i++) {
      if (!/^\s*#/.test(lines[i])) sql.push(lines[i])
    }
    if (sql.length > 0) statements.push(sql.join('\n').trim().replace(/;$/, ''))
  }
  return statements
}
