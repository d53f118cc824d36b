import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { functionsPage, PAGE_FILE } from './functions-page.ts'

/** `UPDATE_GOLDENS=1` writes it anew. */
if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(PAGE_FILE, functionsPage())

test('docs/functions.md is what the tables say (node tools/run.cjs tools/functions-page.ts writes it)', () => {
  expect(readFileSync(PAGE_FILE, 'utf8') === functionsPage(), 'the page is up to date').toBe(true)
})
