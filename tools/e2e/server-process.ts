import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const PROBE = new URL('./memory-probe.ts', import.meta.url).href

/** A real server process on a data directory of its own, which can be killed and started again. */
export class ServerProcess {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'millrace-e2e-'))
  readonly #args: readonly string[]
  readonly #probed: boolean
  #child: ChildProcess | null = null
  #url = ''
  /** Everything that it logged. */
  log = ''

  /** `probed`: `memoryMb` can be asked. */
  constructor(args: readonly string[] = [], options: { readonly probed?: boolean } = {}) {
    this.#args = args
    this.#probed = options.probed ?? false
  }

  get url(): string {
    return this.#url
  }
  get port(): number {
    return Number(new URL(this.#url).port)
  }
  get pid(): number {
    return this.#child!.pid!
  }

  get alive(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Resolves when connections are accepted; milliseconds that it took. `more`: arguments for this start alone. */
  async start(more: readonly string[] = []): Promise<number> {
    const began = performance.now()
    const probe = this.#probed ? ['--expose-gc', '--import', PROBE] : []
    const child = spawn(
      process.execPath,
      [
        ...probe,
        MAIN,
        'serve',
        '--pg-port',
        '0',
        '--http-port',
        '0',
        '--data-dir',
        this.dataDir,
        ...this.#args,
        ...more,
      ],
      {
        stdio: ['ignore', 'pipe', 'pipe', ...(this.#probed ? (['ipc'] as const) : [])],
      },
    )
    this.#child = child
    child.stderr!.on('data', (chunk: Buffer) => {
      this.log = (this.log + chunk.toString()).slice(-100_000)
    })
    this.#url = await new Promise<string>((resolve, reject) => {
      createInterface(child.stdout!).on('line', (line) => {
        if (line.startsWith('ready: ')) resolve(line.slice(7))
      })
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}\n${this.log}`)))
    })
    return performance.now() - began
  }

  /** Megabytes that the server has in use after a garbage collection: its heap, and buffers outside of it. */
  async memoryMb(): Promise<number> {
    const child = this.#child!
    const answer = once(child, 'message')
    child.send('memory')
    const [{ heapUsed, external }] = (await answer) as [{ heapUsed: number; external: number }]
    return (heapUsed + external) / 1e6
  }

  /** Resolves when it ended by itself. */
  async ended(): Promise<void> {
    const child = this.#child
    if (child === null || !this.alive) return
    await new Promise((resolve) => child.once('exit', resolve))
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }
  /** SIGTERM; the exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM')
  }
  async connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.#url })
    // A killed server cuts its clients: that is what these tests are about.
    client.on('error', () => {})
    await client.connect()
    return client
  }
  async dispose(): Promise<void> {
    await this.kill()
    rmSync(this.dataDir, { recursive: true, force: true })
  }

  #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null || child.signalCode !== null)
      return Promise.resolve(child?.exitCode ?? null)
    return new Promise((resolve) => {
      child.once('exit', (code) => resolve(code))
      child.kill(signal)
    })
  }
}
