/** A real Apache Kafka (KRaft, one node) on loopback, from Maven Central. Needs Java 17 and Maven. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { LOG4J, STARTED, serverProperties } from './kafka-config.ts'
import { fetchJars } from './maven.ts'
import { serviceMissing } from './missing.ts'
import { freePorts, portOpen } from './ports.ts'

export const KAFKA_VERSION = '4.3.1'
const START_MS_MAX = 60_000
const STOP_MS_MAX = 60_000
/** Exit code of a virtual machine that ended in order, and wrote all that it was to write. */
const ENDED_BY_SIGTERM = 143
/** Beside the jars: their classes as the virtual machine has them once they are loaded, which halves the time of a start. */
const CLASSES = 'classes.jsa'

export interface KafkaOptions {
  /** Where it keeps its data; a temporary folder, removed by stop(), unless given. */
  readonly dir?: string
  /** A free one unless given; the controller takes the next. */
  readonly port?: number
  /** Address that brokers advertise on a second listener, which is on the port after the next. */
  readonly outside?: string
  readonly heapMb?: number
  /** Further settings of server.properties. */
  readonly settings?: Readonly<Record<string, string>>
  /** The C1 compiler alone starts twice as fast; benchmarks want both. */
  readonly fullJit?: boolean
}

export interface KafkaService {
  readonly brokers: readonly string[]
  readonly port: number
  readonly dir: string
  /** Process id while it runs, else null. */
  readonly pid: number | null
  /** Ends it in order; a temporary folder is removed. */
  stop(): Promise<void>
  /** kill -9; the data stays. */
  kill(): Promise<void>
  /** Starts it again on the same data and port, after a kill if it still runs. */
  restart(): Promise<void>
  /** Resolves when the process ended, for whatever reason. */
  ended(): Promise<void>
}

export async function startKafka(options: KafkaOptions = {}): Promise<KafkaService> {
  const missing = serviceMissing('kafka')
  if (missing !== null) throw new Error(`Kafka cannot be started: ${missing}`)
  const lib = await fetchJars(`kafka-${KAFKA_VERSION}`, [
    { group: 'org.apache.kafka', name: 'kafka_2.13', version: KAFKA_VERSION },
    // The broker brings no logging back end, and without one there is no line that says it started.
    { group: 'org.apache.logging.log4j', name: 'log4j-slf4j-impl', version: '2.25.4' },
  ])
  const temporary = options.dir === undefined
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'millrace-kafka-'))
  mkdirSync(dir, { recursive: true })
  const port = options.port ?? (await freePorts(3))
  if (await portOpen(port)) throw new Error(`port ${port} is taken: does a Kafka run there already?`)
  const outside = options.outside === undefined ? undefined : { port: port + 2, advertised: options.outside }
  const config = { dir, port, controllerPort: port + 1, outside, extra: options.settings }
  writeFileSync(join(dir, 'server.properties'), serverProperties(config))
  writeFileSync(join(dir, 'log4j2.properties'), LOG4J)
  const broker = new Broker(dir, port, lib, options)
  broker.format()
  await broker.start()
  return {
    brokers: [`127.0.0.1:${port}`],
    port,
    dir,
    get pid() {
      return broker.pid
    },
    async stop() {
      await broker.end('SIGTERM')
      if (temporary) rmSync(dir, { recursive: true, force: true })
    },
    kill: () => broker.end('SIGKILL'),
    async restart() {
      await broker.end('SIGKILL')
      await broker.start()
    },
    ended: () => broker.exited,
  }
}

class Broker {
  readonly #dir: string
  readonly #port: number
  readonly #java: readonly string[]
  readonly #classes: string
  #child: ChildProcess | null = null
  exited: Promise<void> = Promise.resolve()

  constructor(dir: string, port: number, lib: string, options: KafkaOptions) {
    this.#dir = dir
    this.#port = port
    this.#classes = join(dirname(lib), CLASSES)
    this.#java = [
      '-Xms128m',
      `-Xmx${options.heapMb ?? 512}m`,
      '-XX:+UseSerialGC',
      ...(options.fullJit ? [] : ['-XX:TieredStopAtLevel=1']),
      '-Djava.awt.headless=true',
      `-Dlog4j2.configurationFile=${join(dir, 'log4j2.properties')}`,
      '-cp',
      `${lib}/*`,
    ]
    // A test run that ends early must leave no broker behind.
    process.once('exit', () => this.#child?.kill('SIGKILL'))
  }

  get pid(): number | null {
    return this.#child?.pid ?? null
  }

  format(): void {
    if (existsSync(join(this.#dir, 'data/meta.properties'))) return
    // base64url may begin with a dash, which would read as an option.
    const id = `M${randomBytes(16).toString('base64url').slice(1, 21)}A`
    const properties = join(this.#dir, 'server.properties')
    const args = [
      ...(this.#archived() ?? []),
      ...this.#java,
      'kafka.tools.StorageTool',
      'format',
      '-t',
      id,
      '-c',
      properties,
    ]
    const done = spawnSync('java', args, { encoding: 'utf8' })
    if (done.status !== 0) throw new Error(`Kafka's storage cannot be formatted:\n${done.stdout}${done.stderr}`)
  }

  async start(): Promise<void> {
    const log = join(this.#dir, 'kafka.log')
    const seen = existsSync(log) ? statSync(log).size : 0
    const out = openSync(log, 'a')
    const classes = this.#archived() ?? [`-XX:ArchiveClassesAtExit=${this.#written}`]
    const child = spawn('java', [...classes, ...this.#java, 'kafka.Kafka', join(this.#dir, 'server.properties')], {
      stdio: ['ignore', out, out],
    })
    this.#child = child
    this.exited = new Promise((done) => {
      child.once('exit', () => {
        if (this.#child === child) this.#child = null
        done()
      })
    })
    const news = (): string => readFileSync(log).subarray(seen).toString('utf8')
    for (let waitedMs = 0; waitedMs < START_MS_MAX; waitedMs += 50) {
      if (this.#child === null) throw new Error(`Kafka ended while it started:\n${news().slice(-3000)}`)
      if (news().includes(STARTED) && (await portOpen(this.#port))) return
      await sleep(50)
    }
    await this.end('SIGKILL')
    throw new Error(`Kafka is not ready after ${START_MS_MAX} ms:\n${news().slice(-3000)}`)
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child
    if (child === null) return
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
    await this.exited
    clearTimeout(timer)
    // A part of an archive would crash who reads it. Several brokers may write theirs at once.
    if (child.exitCode === ENDED_BY_SIGTERM && existsSync(this.#written)) renameSync(this.#written, this.#classes)
    else rmSync(this.#written, { force: true })
  }

  /** An archive of another virtual machine is passed over. */
  #archived(): readonly string[] | null {
    return existsSync(this.#classes) ? [`-XX:SharedArchiveFile=${this.#classes}`] : null
  }

  /** The archive of a broker that found none: on the disk of the jars, to be moved to its place. */
  get #written(): string {
    return `${this.#classes}-${process.pid}-${this.#port}`
  }
}
