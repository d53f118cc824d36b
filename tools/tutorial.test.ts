import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parseTestArguments } from '../src/cli/test/arguments.ts'
import { runAll } from '../src/cli/test/command.ts'
import { localTarget } from '../src/cli/test/local-target.ts'
import { renderTotals } from '../src/cli/test/report.ts'

/** docs/testing-pipelines.md: its files, as they stand there, give what it says. */

const text = readFileSync(resolve(import.meta.dirname, '../docs/testing-pipelines.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'millrace-tutorial-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each(['pull', 'all'])('the tutorial runs, mode %s', async (mode) => {
  const files = [...text.matchAll(/^`([\w.]+)`[^\n]*:\n\n```\w*\n(.*?)^```$/gms)]
  expect(files.map(([, name]) => name)).toEqual(['pipeline.sql', 'order.avsc', 'revenue.slt'])
  for (const [, name, content] of files) writeFileSync(join(folder, name!), content!)
  const options = parseTestArguments(['--stub-sources', '--mode', mode, join(folder, 'revenue.slt')])
  const open = (_: string, durable: boolean) => localTarget(durable, true)
  const reports = await runAll(options, { interactive: false, write() {} }, open)
  expect(reports.flatMap(({ outcome }) => outcome.failures)).toEqual([])
  const [, said] = /^\$ millrace test .*\n(.*)$/m.exec(text)!
  if (mode === 'pull') expect(renderTotals(reports)).toBe(said)
})
