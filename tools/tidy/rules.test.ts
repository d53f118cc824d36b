import { describe, expect, test } from 'vitest'
import { circlesOf, deadFiles, importsOf } from './imports.ts'
import { layerProblem } from './layers.ts'
import { ambientUsesOf, bannedWordsOf } from './words.ts'

describe('layers', () => {
  test('downwards is fine', () => {
    expect(layerProblem('src/engine/a.ts', 'src/base/b.ts')).toBeNull()
    expect(layerProblem('src/sql/a.ts', 'src/plan/b.ts')).toBeNull()
    expect(layerProblem('src/sql/a.ts', 'src/sql/deep/b.ts')).toBeNull()
    expect(layerProblem('src/sql/a.ts', 'grammar/ast.ts')).toBeNull()
  })

  test.each([
    ['src/base/a.ts', 'src/types/b.ts', 'is above it'],
    ['src/plan/a.ts', 'src/catalog/b.ts', 'is on the same step'],
    ['grammar/a.ts', 'src/base/b.ts', 'imports nothing else'],
    ['src/sql/a.ts', 'tools/x.ts', 'outside'],
    ['src/new/a.ts', 'src/base/b.ts', 'on no step'],
  ])('%s importing %s is refused', (from, to, why) => {
    expect(layerProblem(from, to)).toContain(why)
  })
})

describe('imports', () => {
  test('types, re-exports, lazy imports and workers count', () => {
    const text = `
      import type { A } from './a.ts'
      import {
        type B,
        c,
      } from '../b.ts'
      export { d } from './d.ts'
      import './e.ts'
      const f = await import('./f.ts')
      let g: import('./g.ts').G
      new Worker(new URL('./h.ts', import.meta.url))
      import { readFileSync } from 'node:fs'`
    const names = ['src/x/a.ts', 'src/b.ts', 'src/x/d.ts', 'src/x/e.ts', 'src/x/f.ts', 'src/x/g.ts', 'src/x/h.ts']
    expect(importsOf('src/x/y.ts', text).sort()).toEqual(names.sort())
  })

  test('circles are found, however long', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['a']],
      ['d', []],
    ])
    expect(circlesOf(graph)).toEqual([['a', 'b', 'c']])
  })

  test('a file that only a dead file imports is dead', () => {
    const graph = new Map([
      ['main', ['used']],
      ['used', []],
      ['orphan', ['child']],
      ['child', []],
    ])
    expect(deadFiles(graph, ['main'])).toEqual(['child', 'orphan'])
  })
})

describe('words', () => {
  test.each(['// TODO later', 'throw new Error("not implemented")', 'a z-set', 'seen in issue 12', 'see /home/me/x'])(
    '%s is found',
    (text) => {
      expect(bannedWordsOf(text)).toHaveLength(1)
    },
  )

  test('ordinary text passes', () => {
    expect(bannedWordsOf('a Z-set of two Z-sets, and notSupported("x")')).toEqual([])
  })

  test('the ambient clock is found in code, not in comments', () => {
    expect(ambientUsesOf('const a = Date.now()\n// Date.now() is not used\n setTimeout(f, 1)')).toHaveLength(2)
  })
})
