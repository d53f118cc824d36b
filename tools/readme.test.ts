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
 * README's tour and docs/time.md, block by block in their order, each on a fresh server: what stands there as output is what psql
 * prints. `UPDATE_GOLDENS=1` writes the outputs anew. SQL that needs more than a server (Kafka) is parsed; tools/e2e runs it.
 */
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

const README = join(root, 'README.md')
const readme = readFileSync(README, 'utf8')
const documents = [
  { file: README, from: '## A tour with psql', to: '### Following changes', server: new ServerProcess() },
  {
    file: join(root, 'docs/time.md'),
    from: '',
    to: '## What differs',
    server: new ServerProcess(['--clock', 'manual']),
  },
]

beforeAll(async () => {
  if (missing === null) for (const { server } of documents) await server.start()
})
afterAll(() => {
  for (const { server } of documents) server.dispose()
})

const shown = (sql: string, output: string): string => `${sql}\`\`\`\n\`\`\`\n${output}\`\`\`\n`
const trimmed = (text: string): string => text.replace(/[ \t]+$/gm, '').trimEnd()

/** What a terminal shows: rows, then notices and errors. Each statement is a transaction of its own. */
async function psql(url: string, sql: string): Promise<string> {
  const done = run('psql', ['-X', '-q', url])
  done.child.stdin!.end(sql)
  const { stdout, stderr } = await done
  return trimmed(stdout + stderr.replace(/^psql:<stdin>:\d+: /gm, ''))
}

test.skipIf(missing !== null).each(documents)('$file prints what it says', async ({ file, from, to, server }) => {
  const whole = readFileSync(file, 'utf8')
  const blocks = blocksOf(whole.slice(whole.indexOf(from), whole.indexOf(to)))
  expect(blocks.filter((block) => block.output !== null).length).toBeGreaterThanOrEqual(3)
  let text = whole
  for (const { sql, output } of blocks) {
    const printed = await psql(server.url, sql)
    if (output === null) expect(printed, sql).toBe('')
    else if (update) text = text.replace(shown(sql, output), () => shown(sql, `${printed}\n`))
    else expect(printed, sql).toBe(trimmed(output))
  }
  if (text !== whole) writeFileSync(file, text)
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
