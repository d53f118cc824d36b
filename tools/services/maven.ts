/** Jars from Maven Central, kept in ~/.cache/millrace-services (or MILLRACE_SERVICES_CACHE). */
import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Artifact {
  readonly group: string
  readonly name: string
  readonly version: string
}

const CACHE = process.env['MILLRACE_SERVICES_CACHE'] ?? join(homedir(), '.cache/millrace-services')
const LOCK_WAIT_MS = 300_000

/** Folder with the jars of these artifacts and all that they need at run time. Fetched once; `.ok` marks it whole. */
export async function fetchJars(name: string, artifacts: readonly Artifact[]): Promise<string> {
  const folder = await once(name, async (partial) => {
    writeFileSync(join(partial, 'pom.xml'), pomOf(artifacts))
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${partial}/lib`]
    await run('mvn', ['-q', '-B', ...goal], partial, name)
  })
  return join(folder, 'lib')
}

/** Folder with what lies in an archive (`group:name:version:tar.gz:classifier`), unpacked once. */
export function fetchArchive(name: string, artifact: string): Promise<string> {
  return once(name, async (partial) => {
    // A goal that names the artifact itself does not look for its parent POM, which is not published for every version.
    const goal = ['dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${partial}/archive`]
    await run('mvn', ['-q', '-B', ...goal], partial, name)
    const [archive] = readdirSync(join(partial, 'archive'))
    await run('tar', ['xzf', join(partial, 'archive', archive!), '-C', partial], partial, name)
    rmSync(join(partial, 'archive'), { recursive: true })
  })
}

/** The folder of that name, filled by one process at a time and only once. */
async function once(name: string, fill: (partial: string) => Promise<void>): Promise<string> {
  const folder = join(CACHE, name)
  const whole = (): boolean => existsSync(join(folder, '.ok'))
  if (whole()) return folder
  mkdirSync(CACHE, { recursive: true })
  const unlock = await lock(join(CACHE, `.lock-${name}.d`))
  try {
    if (whole()) return folder
    const partial = mkdtempSync(join(CACHE, `.${name}-`))
    try {
      await fill(partial)
    } catch (error) {
      rmSync(partial, { recursive: true, force: true })
      throw error
    }
    writeFileSync(join(partial, '.ok'), '')
    rmSync(folder, { recursive: true, force: true })
    renameSync(partial, folder)
  } finally {
    unlock()
  }
  return folder
}

async function run(command: string, args: readonly string[], cwd: string, name: string): Promise<void> {
  const code = await new Promise<number | null>((done, fail) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 2, 2] })
    child.once('error', fail)
    child.once('exit', done)
  })
  if (code !== 0) throw new Error(`${command} could not fetch ${name} (exit code ${code}); is Maven Central reachable?`)
}

function pomOf(artifacts: readonly Artifact[]): string {
  const dependencies = artifacts.map(
    (a) =>
      `<dependency><groupId>${a.group}</groupId><artifactId>${a.name}</artifactId><version>${a.version}</version></dependency>`,
  )
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>millrace</groupId><artifactId>services</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>${dependencies.join('')}</dependencies></project>
`
}

/** One process at a time; the lock of a process that died counts for nothing. */
async function lock(path: string): Promise<() => void> {
  const owner = join(path, 'pid')
  for (let waitedMs = 0; waitedMs < LOCK_WAIT_MS; waitedMs += 200) {
    try {
      mkdirSync(path)
      writeFileSync(owner, String(process.pid))
      return () => rmSync(path, { recursive: true, force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    // Without an owner the lock is being made, or its maker died in between: given two seconds.
    if (existsSync(owner) ? !running(Number(readFileSync(owner, 'utf8'))) : waitedMs > 2000) {
      rmSync(path, { recursive: true, force: true })
    } else await sleep(200)
  }
  throw new Error(`${path} is held by another process`)
}

export function running(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
