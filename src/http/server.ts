import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Log } from '../base/log.ts'
import { formatMetrics, type Metric } from './metric.ts'

/**
 * /healthz: the process answers. /readyz: it serves queries. /metrics: Prometheus text. Read-only, no state, meant for
 * loopback (the command line refuses other addresses).
 */
export interface HttpServerOptions {
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
  /** Why queries are not served now (recovery, shutdown …), or null when they are. */
  readonly notReady: () => string | null
  readonly collect: () => readonly Metric[]
  readonly log: Log
}

export interface HttpServer {
  readonly port: number
  close(): Promise<void>
}

/** Connections that are open at once; scrapers need one or two. */
const CONNECTIONS_MAX = 32
const HEADER_BYTES_MAX = 8 * 1024
const REQUEST_TIMEOUT_MS = 5_000

interface Answer {
  readonly status: number
  readonly type?: string
  readonly body: string
}

export function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const limits = {
    maxHeaderSize: HEADER_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: REQUEST_TIMEOUT_MS,
  }
  const server = createServer(limits, (request, response) => respond(request, response, options))
  server.maxConnections = CONNECTIONS_MAX
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      server.off('error', reject)
      server.on('error', (error) => options.log.error('http server', { error }))
      resolve({ port: (server.address() as AddressInfo).port, close: () => close(server) })
    })
  })
}

function respond(request: IncomingMessage, response: ServerResponse, options: HttpServerOptions): void {
  request.resume()
  const { status, type, body } = answer(request, options)
  response.writeHead(status, {
    'content-type': type ?? 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

function answer(request: IncomingMessage, options: HttpServerOptions): Answer {
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, body: 'only GET\n' }
  switch (request.url?.split('?')[0]) {
    case '/healthz':
      return { status: 200, body: 'ok\n' }
    case '/readyz': {
      const reason = options.notReady()
      return reason === null ? { status: 200, body: 'ready\n' } : { status: 503, body: `${reason}\n` }
    }
    case '/metrics':
      return metrics(options)
    default:
      return { status: 404, body: 'not found; there are /healthz, /readyz and /metrics\n' }
  }
}

function metrics(options: HttpServerOptions): Answer {
  try {
    const type = 'text/plain; version=0.0.4; charset=utf-8'
    return { status: 200, type, body: formatMetrics(options.collect()) }
  } catch (error) {
    options.log.error('metrics', { error })
    return { status: 500, body: 'metrics failed; the log has the details\n' }
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
