/** A real schema registry with Confluent's REST interface (Apicurio, in memory) on loopback, from Maven Central. Needs Java 17 and Maven. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fetchArchive } from './maven.ts'
import { serviceMissing } from './missing.ts'
import { freePort } from './ports.ts'

/** 3.0 is the last that runs on Java 17. */
export const REGISTRY_VERSION = '3.0.9'
const START_MS_MAX = 60_000

export interface RegistryService {
  /** Where the REST interface begins. */
  readonly url: string
  readonly port: number
  /** Registers a version of a subject; its schema's id. */
  register(subject: string, schema: string, more?: Readonly<Record<string, unknown>>): Promise<number>
  stop(): Promise<void>
}

export async function startRegistry(): Promise<RegistryService> {
  const missing = serviceMissing('registry')
  if (missing !== null) throw new Error(`the schema registry cannot be started: ${missing}`)
  const artifact = `io.apicurio:apicurio-registry-app:${REGISTRY_VERSION}:tar.gz:all`
  const home = await fetchArchive(`apicurio-${REGISTRY_VERSION}`, artifact)
  const jar = readdirSync(home).find((file) => file.endsWith('-runner.jar'))
  if (jar === undefined) throw new Error(`${home} holds no registry`)
  const dir = mkdtempSync(join(tmpdir(), 'millrace-registry-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`
  const log = join(dir, 'registry.log')
  const out = openSync(log, 'a')
  const child = spawn('java', [...JAVA, ...settings(port), '-jar', join(home, jar)], {
    cwd: dir,
    stdio: ['ignore', out, out],
  })
  const kill = () => child.kill('SIGKILL')
  // A test run that ends early must leave no registry behind.
  process.once('exit', kill)
  const stop = async (): Promise<void> => {
    process.off('exit', kill)
    await ended(child)
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    await ready(child, url, log)
    // Confluent's default; that of Apicurio is NONE.
    await send(`${url}/config`, 'PUT', { compatibility: 'BACKWARD' })
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url,
    port,
    async register(subject, schema, more = {}) {
      const path = `${url}/subjects/${encodeURIComponent(subject)}/versions`
      return ((await send(path, 'POST', { schema, ...more })) as { id: number }).id
    },
    stop,
  }
}

const JAVA = ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

const settings = (port: number): readonly string[] => [
  '-Dquarkus.http.host=127.0.0.1',
  `-Dquarkus.http.port=${port}`,
  // Else a management port opens on every address.
  '-Dquarkus.management.host=127.0.0.1',
  '-Dquarkus.management.port=0',
  '-Dquarkus.http.access-log.enabled=false',
  '-Dquarkus.banner.enabled=false',
]

async function ready(child: ChildProcess, url: string, log: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < START_MS_MAX; waitedMs += 100) {
    if (child.exitCode !== null) break
    const answer = await fetch(`${url}/subjects`).catch(() => null)
    if (answer?.ok) return
    await sleep(100)
  }
  throw new Error(`the schema registry is not ready:\n${readFileSync(log, 'utf8').slice(-3000)}`)
}

async function send(url: string, method: string, body: object): Promise<unknown> {
  const answer = await fetch(url, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`)
  return JSON.parse(text)
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((done) => child.once('exit', done))
  child.kill('SIGKILL')
  await gone
}
