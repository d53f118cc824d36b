import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../base/log.ts'
import { formatMetrics, type Metric } from './metric.ts'
import { type HttpServer, startHttpServer } from './server.ts'

let server: HttpServer
let reason: string | null
let collect: () => readonly Metric[]

beforeEach(async () => {
  reason = null
  collect = () => [{ name: 'millrace_ticks_total', help: 'Ticks run.', type: 'counter', samples: [{ value: 7 }] }]
  const options = { host: '127.0.0.1', port: 0, log: silentLog, notReady: () => reason, collect: () => collect() }
  server = await startHttpServer(options)
})
afterEach(() => server.close())

const get = async (path: string, method = 'GET'): Promise<[number, string]> => {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method })
  return [response.status, await response.text()]
}

describe('the HTTP port', () => {
  it('is healthy while the process answers', async () => expect(await get('/healthz')).toEqual([200, 'ok\n']))

  it('is ready when queries are served, and says why not', async () => {
    expect(await get('/readyz')).toEqual([200, 'ready\n'])
    reason = 'replaying the journal'
    expect(await get('/readyz')).toEqual([503, 'replaying the journal\n'])
  })

  it('serves metrics', async () =>
    expect(await get('/metrics')).toEqual([
      200,
      '# HELP millrace_ticks_total Ticks run.\n# TYPE millrace_ticks_total counter\nmillrace_ticks_total 7\n',
    ]))

  it('answers 500 when collecting fails, and goes on', async () => {
    collect = () => {
      throw new Error('no')
    }
    expect((await get('/metrics'))[0]).toBe(500)
    expect((await get('/healthz'))[0]).toBe(200)
  })

  it('knows no other path and no other method', async () => {
    expect((await get('/'))[0]).toBe(404)
    expect((await get('/metrics', 'POST'))[0]).toBe(405)
    expect(await get('/healthz', 'HEAD')).toEqual([200, ''])
  })
})

describe('the text format', () => {
  it('escapes labels and help, and spells infinities', () => {
    const samples = [
      { labels: { view: 'a"b\\c\nd', kind: 'x' }, value: 1.5 },
      { value: Number.POSITIVE_INFINITY },
      { value: Number.NaN },
    ]
    expect(formatMetrics([{ name: 'm', help: 'two\nlines', type: 'gauge', samples }])).toBe(
      '# HELP m two\\nlines\n# TYPE m gauge\nm{view="a\\"b\\\\c\\nd",kind="x"} 1.5\nm +Inf\nm NaN\n',
    )
  })
})
