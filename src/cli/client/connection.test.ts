/** Passwords: the client against a PostgreSQL that asks for them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serviceMissing } from '../../../tools/services/missing.ts'
import { type PostgresService, startPostgres } from '../../../tools/services/postgres.ts'
import { PgConnection } from './connection.ts'
import { md5Password, ScramExchange } from './scram.ts'
import { parseUrl } from './url.ts'

const missing = serviceMissing('postgres')

describe.skipIf(missing !== null)(`passwords${missing === null ? '' : ` (${missing})`}`, () => {
  let service: PostgresService
  const as = (login: string) => service.url.replace('postgres@', `${login}@`)
  const whoAmI = async (url: string) => {
    const connection = await PgConnection.connect(url)
    const rows = await connection.rows('SELECT current_user')
    await connection.close()
    return rows
  }

  beforeAll(async () => {
    service = await startPostgres({ password: 'sécret' })
  })
  afterAll(() => service?.stop())

  test('SCRAM', async () => {
    expect(await whoAmI(as(`postgres:${encodeURIComponent('sécret')}`))).toEqual([['postgres']])
  })

  test('a wrong one is refused by the server, a missing one before that', async () => {
    await expect(whoAmI(as('postgres:wrong'))).rejects.toMatchObject({ server: { sqlstate: '28P01' } })
    await expect(whoAmI(as('postgres'))).rejects.toThrow('asks for a password')
  })
})

test('SCRAM: a server that changes the nonce, or cannot prove itself, is not believed', () => {
  const salt = Buffer.from('salt').toString('base64')
  expect(() => new ScramExchange('p', 'abc').answer(`r=xyz,s=${salt},i=4096`)).toThrow('nonce')
  expect(() => new ScramExchange('p', 'abc').answer(`r=abc1,s=${salt},i=999999999`)).toThrow('iteration')
  const exchange = new ScramExchange('p', 'abc')
  exchange.answer(`r=abc1,s=${salt},i=4096`)
  expect(() => exchange.verify(`v=${salt}`)).toThrow('could not prove')
})

test('the older md5 method', () => {
  expect(md5Password('u', 'p', Buffer.from([1, 2, 3, 4]))).toMatch(/^md5[0-9a-f]{32}$/)
  expect(md5Password('u', 'p', Buffer.from([1, 2, 3, 4]))).not.toBe(md5Password('u', 'p', Buffer.from([1, 2, 3, 5])))
})

test('URLs', () => {
  expect(parseUrl('postgresql://a:b%40c@[::1]:7/d')).toEqual({
    host: '::1',
    port: 7,
    user: 'a',
    password: 'b@c',
    database: 'd',
  })
  expect(parseUrl('postgres://h')).toEqual({
    host: 'h',
    port: 5432,
    user: 'millrace',
    password: null,
    database: 'millrace',
  })
  expect(() => parseUrl('http://h')).toThrow('no postgresql:// URL')
  expect(() => parseUrl('nonsense')).toThrow('no postgresql:// URL')
})
