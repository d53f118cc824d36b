import { describe, expect, test } from 'vitest'
import { canonicalJson, parseCanonicalJson } from '../base/canonical-json.ts'
import { INT4 } from '../types/sql-type.ts'
import { Catalog } from './catalog.ts'
import type { CatalogEntry } from './entry.ts'
import { creationSchema, findObject } from './resolve-name.ts'

const schema = (id: number, name: string): CatalogEntry => ({
  kind: 'schema',
  id,
  name,
  schema: 0,
  sql: '',
  dependsOn: [],
})
const table = (id: number, name: string, inSchema = 2): CatalogEntry => ({
  kind: 'table',
  id,
  name,
  schema: inSchema,
  sql: '',
  dependsOn: [inSchema],
  columns: [{ name: 'a', type: INT4, notNull: true, defaultSql: null }],
  primaryKey: [0],
  fedBy: null,
})
const view = (id: number, name: string, reads: number[]): CatalogEntry => ({
  kind: 'view',
  id,
  name,
  schema: 2,
  sql: '',
  dependsOn: reads,
  rowType: [],
})
const base = Catalog.of([schema(1, 'pg_catalog'), schema(2, 'public'), schema(3, 'other')])
const context = { database: 'millrace', searchPath: ['public'] }

describe('changes', () => {
  test('a snapshot never changes: apply gives the next version', () => {
    const next = base.apply([{ kind: 'put', entry: table(base.nextId, 't') }])
    expect(base.byName(2, 't')).toBeUndefined()
    expect(next.byName(2, 't')?.id).toBe(16384)
    expect([base.version, next.version]).toEqual([0, 1])
  })

  test('ids are not reused after a drop', () => {
    const next = base.apply([{ kind: 'put', entry: table(16384, 't') }]).apply([{ kind: 'remove', id: 16384 }])
    expect(next.nextId).toBe(16385)
  })

  test('two objects of one schema cannot share a name, two of different schemas can', () => {
    const one = base.apply([{ kind: 'put', entry: table(16384, 't') }])
    expect(() => one.apply([{ kind: 'put', entry: view(16385, 't', []) }])).toThrow('relation "t" already exists')
    expect(one.apply([{ kind: 'put', entry: table(16385, 't', 3) }]).byName(3, 't')?.id).toBe(16385)
  })

  test('names may be swapped in one step', () => {
    const two = base.apply([
      { kind: 'put', entry: table(16384, 'a') },
      { kind: 'put', entry: table(16385, 'b') },
    ])
    const swapped = two.apply([
      { kind: 'put', entry: table(16384, 'b') },
      { kind: 'put', entry: table(16385, 'a') },
    ])
    expect(swapped.byName(2, 'a')?.id).toBe(16385)
  })

  test('what is read cannot go while its reader stays', () => {
    const two = base.apply([
      { kind: 'put', entry: table(16384, 't') },
      { kind: 'put', entry: view(16385, 'v', [16384]) },
    ])
    expect(() => two.apply([{ kind: 'remove', id: 16384 }])).toThrow('v depends on 16384')
  })

  test('dependants are found through views of views, readers first', () => {
    const three = base.apply([
      { kind: 'put', entry: table(16384, 't') },
      { kind: 'put', entry: view(16385, 'v', [16384]) },
      { kind: 'put', entry: view(16386, 'w', [16385]) },
    ])
    expect(three.allDependants([16384])).toEqual([16386, 16385])
  })
})

describe('names', () => {
  const catalog = base.apply([
    { kind: 'put', entry: table(100, 'pg_class', 1) },
    { kind: 'put', entry: table(16384, 't') },
    { kind: 'put', entry: table(16385, 't', 3) },
    { kind: 'put', entry: table(16386, 'pg_class', 2) },
  ])

  test('the search path decides, pg_catalog comes first unless the path names it', () => {
    expect(findObject(catalog, ['t'], context)?.id).toBe(16384)
    expect(findObject(catalog, ['t'], { ...context, searchPath: ['nowhere', 'other', 'public'] })?.id).toBe(16385)
    expect(findObject(catalog, ['pg_class'], context)?.id).toBe(100)
    expect(findObject(catalog, ['pg_class'], { ...context, searchPath: ['public', 'pg_catalog'] })?.id).toBe(16386)
  })

  test('qualified names go to their schema alone, and another database is refused', () => {
    expect(findObject(catalog, ['other', 't'], context)?.id).toBe(16385)
    expect(findObject(catalog, ['millrace', 'other', 't'], context)?.id).toBe(16385)
    expect(findObject(catalog, ['nope', 't'], context)).toBeUndefined()
    expect(() => findObject(catalog, ['db', 'other', 't'], context)).toThrow('cross-database references')
  })

  test('new objects go to the first schema of the path that exists', () => {
    expect(creationSchema(catalog, ['x'], { ...context, searchPath: ['nope', 'other'] }).name).toBe('other')
    expect(() => creationSchema(catalog, ['x'], { ...context, searchPath: [] })).toThrow('no schema has been selected')
    expect(() => creationSchema(catalog, ['nope', 'x'], context)).toThrow('schema "nope" does not exist')
  })
})

test('entries survive their JSON', () => {
  const entry: CatalogEntry = {
    kind: 'connection',
    id: 16384,
    name: 'k',
    schema: 2,
    sql: "CREATE CONNECTION k TO KAFKA (BROKER 'a:1')",
    dependsOn: [],
    transport: 'kafka',
    options: { start: 2n ** 60n, bytes: new Uint8Array([0, 1]), list: ['a', null] },
  }
  expect(parseCanonicalJson(canonicalJson(entry))).toEqual(entry)
})
