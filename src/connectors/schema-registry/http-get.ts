import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import type { Runtime } from '../../base/runtime.ts'
import { type Rewrite, resolvedNote, resolvePlace } from '../resolve.ts'
import { connectReason } from '../service-error.ts'
import type { RegistryAddress } from './registry.ts'
import { RegistryError } from './registry-error.ts'

export interface HttpAnswer {
  readonly status: number
  readonly body: string
}

/** GET of a path below the registry's URL. Rejects with a RegistryError that names host and reason. */
export type HttpGet = (path: string) => Promise<HttpAnswer>

const ANSWER_MS = 4_000
const BODY_BYTES_MAX = 16 * 1024 * 1024
const ACCEPT = 'application/vnd.schemaregistry.v1+json, application/json'

/** One request a connection: a source asks a handful in its life. */
export function httpGet(address: RegistryAddress, resolve: readonly Rewrite[], runtime: Runtime): HttpGet {
  const base = parseUrl(address.url)
  const secure = base.protocol === 'https:'
  const host = base.hostname.replace(/^\[|\]$/g, '')
  const port = base.port === '' ? (secure ? 443 : 80) : Number(base.port)
  const place = resolvePlace(resolve, host, port)
  const user = address.user ?? decodeURIComponent(base.username)
  const password = address.password ?? decodeURIComponent(base.password)
  const shown = shownUrl(address.url)
  const note = resolvedNote(resolve, host, port)
  const failed = (reason: string) =>
    new RegistryError('connection', '08001', `could not reach schema registry "${shown}"${note}: ${reason}`)

  return (path) =>
    new Promise<HttpAnswer>((done, fail) => {
      const send = secure ? requestHttps : requestHttp
      const request = send(
        {
          host: place.host,
          port: place.port,
          path: `${base.pathname.replace(/\/$/, '')}${path}`,
          headers: { Host: base.host, Accept: ACCEPT },
          agent: false,
          ...(user === '' ? {} : { auth: `${user}:${password}` }),
          ...(secure ? tlsOptions(address, host) : {}),
        },
        (response) => {
          const parts: Buffer[] = []
          let size = 0
          response.on('data', (part: Buffer) => {
            size += part.length
            parts.push(part)
            if (size > BODY_BYTES_MAX) request.destroy(new Error('the answer is larger than 16 MB'))
          })
          response.on('end', () => {
            cancel()
            done({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') })
          })
          response.on('error', (error) => fail(failed(reasonOf(error))))
        },
      )
      const cancel = runtime.setTimer(() => request.destroy(new Error('no answer within the time limit')), ANSWER_MS)
      request.on('error', (error) => {
        cancel()
        fail(failed(reasonOf(error)))
      })
      request.end()
    })
}

function tlsOptions(address: RegistryAddress, host: string) {
  return {
    ...(isIP(host) ? {} : { servername: host }),
    ...(address.ca === null ? {} : { ca: address.ca }),
    ...(address.certificate === null ? {} : { cert: address.certificate }),
    ...(address.key === null ? {} : { key: address.key }),
  }
}

/** As messages show it: without user and password. */
export function shownUrl(url: string): string {
  const { protocol, host, pathname } = parseUrl(url)
  return `${protocol}//${host}${pathname.replace(/\/$/, '')}`
}

/** The URL of a registry; 22023 where it is none. */
export function parseUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed !== null && (parsed.protocol === 'http:' || parsed.protocol === 'https:')) return parsed
  throw new RegistryError('refused', '22023', `"${url}" is not the address of a schema registry`, {
    hint: "Write it as 'http://host:port'.",
  })
}

function reasonOf(error: Error): string {
  const { code, errors } = error as NodeJS.ErrnoException & { errors?: readonly Error[] }
  // A name with several addresses fails with one error for all of them.
  const known = connectReason(code) ?? (code === 'ECONNRESET' ? 'connection reset' : undefined)
  if (known !== undefined) return known
  if (errors?.[0] !== undefined) return reasonOf(errors[0])
  if (/wrong version number|packet length too long/i.test(error.message)) return 'it does not speak TLS'
  return error.message.charAt(0).toLowerCase() + error.message.slice(1)
}
