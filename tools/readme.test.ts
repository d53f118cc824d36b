import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseStatements } from '../grammar/parse.ts'
import { ServerProcess } from './e2e/server-process.ts'
import { root } from './processes.ts'
import { serviceMissing } from './services/missing.ts'

/**
 * README's tour, block by block in its order, on a fresh server: what stands there as output is what psql prints.
 * `UPDATE_GOLDENS=1` writes the outputs anew. SQL that needs more than a server (Kafka) is parsed; tools/e2e runs it.
 */
const FILE = join(root, 'README.md')
const update = process.env['UPDATE_GOLDENS'] === '1'
const missing = serviceMissing('psql')
if (missing !== null) process.stderr.write(`skipped: ${missing}\n`)
const run = promisify(execFile)

interface Block {
  readonly sql: string
  /** The block right after it, which shows what the statements print; null: nothing is shown. */
  readonly output: string | null
}

function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^```sql\n([\s\S]*?)^```\n(?:```\n([\s\S]*?)^```\n)?/gm)].map(([, sql, output]) => ({
    sql: sql!,
    output: output ?? null,
  }))
}

const readme = readFileSync(FILE, 'utf8')
const tour = readme.slice(readme.indexOf('## A tour with psql'), readme.indexOf('### Following changes'))
const server = new ServerProcess()

beforeAll(async () => {
  if (missing === null) await server.start()
})
afterAll(() => server.dispose())

const shown = (sql: string, output: string): string => `${sql}\`\`\`\n\`\`\`\n${output}\`\`\`\n`
const trimmed = (text: string): string => text.replace(/[ \t]+$/gm, '').trimEnd()

async function psql(sql: string): Promise<string> {
  const { stdout, stderr } = await run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', server.url, '-c', sql])
  expect(stderr).toBe('')
  return trimmed(stdout)
}

test.skipIf(missing !== null)('the tour prints what it says', async () => {
  const blocks = blocksOf(tour)
  expect(blocks.filter((block) => block.output !== null).length).toBeGreaterThanOrEqual(3)
  let text = readme
  for (const { sql, output } of blocks) {
    const printed = await psql(sql)
    if (output === null) expect(printed, sql).toBe('')
    else if (update) text = text.replace(shown(sql, output), () => shown(sql, `${printed}\n`))
    else expect(printed, sql).toBe(trimmed(output))
  }
  if (text !== readme) writeFileSync(FILE, text)
})

test('all SQL of README, and of the examples, is SQL that the grammar reads', () => {
  const examples = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.sql'),
  )
  const texts = [
    ...blocksOf(readme).map((block) => block.sql),
    ...examples.map((name) => readFileSync(join(root, 'examples', name), 'utf8')),
  ]
  for (const text of texts) expect(parseStatements(text).length, text).toBeGreaterThan(0)
})
