import { describe, expect, test } from 'vitest'
import { RegistryClient } from './client.ts'
import { FakeRegistry } from './fake-registry.ts'

const address = { url: 'http://sr:8081', user: null, password: null, ca: null, certificate: null, key: null }

describe('a client of a schema registry', () => {
  test('finds the newest version of a subject, and any schema by its id', async () => {
    const fake = new FakeRegistry()
    fake.register('orders-value', '"int"')
    const id = fake.register('orders-value', '"long"')
    const client = fake.open(address)
    expect(await client.latest('orders-value')).toEqual({ id, kind: 'avro', text: '"long"', references: [] })
    expect(await client.byId(1)).toMatchObject({ id: 1, text: '"int"' })
  })

  test('asks for an id once, also when it is wanted twice at the same time', async () => {
    const fake = new FakeRegistry()
    fake.register('s', '"int"')
    const client = fake.open(address)
    await Promise.all([client.byId(1), client.byId(1)])
    await client.byId(1)
    expect(fake.asked).toEqual(['/schemas/ids/1'])
  })

  test('asks again for what was missing or failed', async () => {
    const fake = new FakeRegistry()
    const client = fake.open(address)
    expect(await client.byId(1)).toBeNull()
    fake.register('s', '"int"')
    fake.down = true
    await expect(client.byId(1)).rejects.toMatchObject({ kind: 'connection', sqlstate: '08001' })
    fake.down = false
    expect(await client.byId(1)).toMatchObject({ text: '"int"' })
  })

  test('names of subjects may hold anything', async () => {
    const fake = new FakeRegistry()
    fake.register('a/b c?-value', '"int"')
    expect(await fake.open(address).latest('a/b c?-value')).toMatchObject({ id: 1 })
    expect(fake.asked).toEqual(['/subjects/a%2Fb%20c%3F-value/versions/latest'])
  })

  test('follows references, theirs too, each before what uses it and once', async () => {
    const fake = new FakeRegistry()
    fake.register('base', '"base"')
    fake.register('left', '"left"', 'AVRO', [{ name: 'Base', subject: 'base', version: 1 }])
    fake.register('right', '"right"', 'AVRO', [{ name: 'Base', subject: 'base', version: 1 }])
    fake.register('top', '"top"', 'AVRO', [
      { name: 'Left', subject: 'left', version: 1 },
      { name: 'Right', subject: 'right', version: 1 },
    ])
    const { references } = (await fake.open(address).latest('top'))!
    expect(references.map((each) => each.name)).toEqual(['Base', 'Left', 'Right'])
    expect(fake.asked.filter((path) => path.includes('base'))).toHaveLength(1)
  })

  test('a reference to nothing is an error that names it', async () => {
    const fake = new FakeRegistry()
    fake.register('top', '"top"', 'AVRO', [{ name: 'X', subject: 'gone', version: 3 }])
    await expect(fake.open(address).latest('top')).rejects.toMatchObject({
      sqlstate: '42704',
      message: expect.stringContaining('version 3 of subject "gone"'),
    })
  })

  test('a subject that does not exist is null', async () => {
    expect(await new FakeRegistry().open(address).latest('none')).toBeNull()
  })

  test.each([
    [401, '{"error_code":401,"message":"Unauthorized"}', '28000', 'refused the credentials: Unauthorized'],
    [403, '', '28000', 'refused the credentials'],
    [500, '{"error_code":50001,"message":"Backend"}', '58000', 'answered with status 500: Backend'],
    [404, '<html>', '58000', 'answered with status 404: is the address right?'],
    [302, '', '58000', 'answered with status 302'],
    [200, 'hello', '58000', 'not understood: no JSON object'],
    [200, '{"id":1}', '58000', 'not understood: no schema'],
    [200, '{"id":1,"schema":"x","schemaType":"THRIFT"}', '58000', 'not understood: schema type THRIFT'],
  ])('status %i with %j is an error with its reason', async (status, body, sqlstate, message) => {
    const client = new RegistryClient(async () => ({ status, body }), 'http://sr:8081')
    await expect(client.latest('s')).rejects.toMatchObject({ sqlstate, message: expect.stringContaining(message) })
    await expect(client.latest('s')).rejects.toThrow('"http://sr:8081"')
  })
})
