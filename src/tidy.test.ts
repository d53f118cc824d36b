/** House rules that a machine can prove, over the whole repository. The rules themselves: tools/tidy/. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { circlesOf, deadFiles, type ImportGraph, importsOf } from '../tools/tidy/imports.ts'
import { layerProblem } from '../tools/tidy/layers.ts'
import { isCode, isTest, isTestKit, readTree } from '../tools/tidy/tree.ts'
import { ambientUsesOf, bannedWordsOf } from '../tools/tidy/words.ts'

const root = resolve(import.meta.dirname, '..')
const files = readTree(root)
const code = files.filter((file) => isCode(file.path))
const product = code.filter((file) => !isTest(file.path) && !isTestKit(file.path))
const graph: ImportGraph = new Map(code.map((file) => [file.path, importsOf(file.path, file.text)]))
const productGraph: ImportGraph = new Map(product.map((file) => [file.path, graph.get(file.path)!]))

/** What nothing imports, because it is started. Workers are found by their URL relative to import.meta.url. */
// The grammar is a library of its own: texts go in through parse and come out through deparse.
const ENTRY_POINTS = ['src/cli/main.ts', 'grammar/deparse.ts']
const SOURCE_LINES_MAX = 400
const TEST_LINES_MAX = 800
/** Where banned words are defined or shown. */
const MAY_NAME_WORDS = ['tools/tidy/words.ts', 'tools/tidy/rules.test.ts']
/** The one place that touches the clock, and the layer that hands it in. */
const MAY_USE_AMBIENT = /^src\/(?:cli\/|base\/runtime\.ts)/

describe('layers', () => {
  test('a folder imports only folders of later steps, type imports included', () => {
    const problems = product.flatMap(({ path }) => graph.get(path)!.map((to) => layerProblem(path, to)))
    expect(problems.filter((problem) => problem !== null)).toEqual([])
  })

  test('tests too import only downwards, or what their own folder is made of', () => {
    const tests = code.filter(({ path }) => isTest(path) && path !== 'src/tidy.test.ts')
    const upwards = tests.flatMap(({ path }) => graph.get(path)!.map((to) => layerProblem(path, to)))
    expect(upwards.filter((problem) => problem !== null && !problem.includes('outside src/'))).toEqual([])
  })

  test('every import names a file that exists', () => {
    const missing = code.flatMap(({ path }) =>
      graph.get(path)!.flatMap((to) => (existsSync(join(root, to)) ? [] : [`${path} imports ${to}`])),
    )
    expect(missing).toEqual([])
  })

  test('no files import each other in a circle', () => {
    expect(circlesOf(graph)).toEqual([])
  })
})

test('no file is dead: the command line reaches each, tests apart', () => {
  expect(deadFiles(productGraph, ENTRY_POINTS)).toEqual([])
})

test(`files stay short: ${SOURCE_LINES_MAX} lines of source, ${TEST_LINES_MAX} of test`, () => {
  const long = files
    .filter(({ path }) => /\.(?:ts|cjs)$/.test(path))
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ path, lines }) => lines > (isTest(path) ? TEST_LINES_MAX : SOURCE_LINES_MAX))
  expect(long).toEqual([])
})

test('no banned words', () => {
  const found = files
    .filter(({ path }) => !MAY_NAME_WORDS.includes(path))
    .flatMap(({ path, text }) => bannedWordsOf(text).map((problem) => `${path}:${problem}`))
  expect(found).toEqual([])
})

test('below cli/ nothing reads the clock, randomness or timers but through the Runtime', () => {
  const found = product
    .filter(({ path }) => path.startsWith('src/') && !MAY_USE_AMBIENT.test(path))
    .flatMap(({ path, text }) => ambientUsesOf(text).map((use) => `${path}:${use}`))
  expect(found).toEqual([])
})

const map = join(root, 'src/README.md')
test.skipIf(!existsSync(map))('src/README.md names only what exists', () => {
  const named = [...readFileSync(map, 'utf8').matchAll(/`([\w./-]+(?:\/|\.(?:ts|cjs|md)))`/g)].map((match) => match[1])
  const gone = named.filter((path) => !['', 'src/'].some((base) => existsSync(join(root, base, path))))
  expect(gone).toEqual([])
})
