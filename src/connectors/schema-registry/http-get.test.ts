import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecure } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type Runtime, systemRuntime } from '../../base/runtime.ts'
import { parseResolve } from '../resolve.ts'
import { TEST_CERTIFICATE, TEST_KEY } from './certificate.testkit.ts'
import { httpGet, shownUrl } from './http-get.ts'
import type { RegistryAddress } from './registry.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(listener: RequestListener, secure = false): Promise<number> {
  const server = secure ? createSecure({ key: TEST_KEY, cert: TEST_CERTIFICATE }, listener) : createServer(listener)
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}

const at = (url: string, more: Partial<RegistryAddress> = {}): RegistryAddress => ({
  url,
  user: null,
  password: null,
  ca: null,
  certificate: null,
  key: null,
  ...more,
})

const echo: RequestListener = (request, response) => {
  response.end(JSON.stringify({ url: request.url, host: request.headers.host, auth: request.headers.authorization }))
}

const get = async (address: RegistryAddress, resolve = '', runtime: Runtime = systemRuntime) =>
  JSON.parse((await httpGet(address, parseResolve(resolve), runtime)('/subjects')).body)

describe('asking a schema registry over HTTP', () => {
  test('goes below the path of its address, with user and password from either place', async () => {
    const port = await serve(echo)
    expect(await get(at(`http://127.0.0.1:${port}/apis/ccompat/v7/`))).toMatchObject({
      url: '/apis/ccompat/v7/subjects',
    })
    const basic = `Basic ${Buffer.from('ann:p@ss').toString('base64')}`
    expect((await get(at(`http://127.0.0.1:${port}`, { user: 'ann', password: 'p@ss' }))).auth).toBe(basic)
    expect((await get(at(`http://ann:p%40ss@127.0.0.1:${port}`))).auth).toBe(basic)
  })

  test('connects where --resolve says, and keeps the name', async () => {
    const port = await serve(echo)
    const resolve = `sr:8081=127.0.0.1:${port}`
    expect(await get(at('http://sr:8081'), resolve)).toMatchObject({ host: 'sr:8081' })
    await expect(get(at('http://sr:8081'), 'sr:8081=127.0.0.1:1')).rejects.toThrow(
      'could not reach schema registry "http://sr:8081" (127.0.0.1:1): connection refused',
    )
  })

  test('trusts the certificate authority that is given, for the name that was written', async () => {
    const port = await serve(echo, true)
    const resolve = `sr.example:443=127.0.0.1:${port},other.example:443=127.0.0.1:${port}`
    expect(await get(at('https://sr.example', { ca: TEST_CERTIFICATE }), resolve)).toMatchObject({ host: 'sr.example' })
    await expect(get(at('https://sr.example'), resolve)).rejects.toMatchObject({
      sqlstate: '08001',
      message: expect.stringContaining('self-signed certificate'),
    })
    await expect(get(at('https://other.example', { ca: TEST_CERTIFICATE }), resolve)).rejects.toThrow(/altnames/)
  })

  test('says so when the other end speaks no TLS, cuts the connection, or never answers', async () => {
    const plain = await serve(echo)
    await expect(get(at(`https://127.0.0.1:${plain}`))).rejects.toThrow('it does not speak TLS')
    const cutting = await serve((request) => request.socket.destroy())
    await expect(get(at(`http://127.0.0.1:${cutting}`))).rejects.toThrow('connection reset')
    const silent = await serve(() => {})
    const hasty: Runtime = { ...systemRuntime, setTimer: (fn) => systemRuntime.setTimer(fn, 50) }
    await expect(get(at(`http://127.0.0.1:${silent}`), '', hasty)).rejects.toMatchObject({
      kind: 'connection',
      message: expect.stringContaining('no answer within the time limit'),
    })
  })

  test('an address that is none is refused at once; secrets of one are not shown', () => {
    expect(() => httpGet(at('sr:8081'), [], systemRuntime)).toThrow('"sr:8081" is not the address of a schema registry')
    expect(() => httpGet(at('ftp://sr'), [], systemRuntime)).toThrow('is not the address of a schema registry')
    expect(shownUrl('http://ann:secret@sr:8081/x/')).toBe('http://sr:8081/x')
  })
})
