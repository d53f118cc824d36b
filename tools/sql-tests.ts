/** Runs the sqllogictest files in every mode and counts; files with failures once more, alone. */
import { existsSync, globSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root, runApart } from './processes.ts'
import { failedSltFiles, type Tally, tallyOfSlt, tallyOfSltTwice } from './tally.ts'

/** Runners at once: a run hardly uses a second core. */
const RUNNERS = 2
const MEMORY_DISK = '/dev/shm'
const MEMORY_DISK_BYTES_MIN = 2 ** 30

export interface SltRun {
  readonly files: readonly string[]
  readonly output: string
}

/** All files, dealt out by their size, so that the runners end at about the same time. */
function dealt(): string[][] {
  const files = ['sql-tests', 'examples']
    .flatMap((folder) => globSync(`${folder}/**/*.slt`, { cwd: root }))
    .map((file) => ({ file, size: statSync(join(root, file)).size }))
    .sort((a, b) => b.size - a.size || (a.file < b.file ? -1 : 1))
  return Array.from({ length: RUNNERS }, (_, runner) =>
    files.filter((_, i) => i % RUNNERS === runner).map(({ file }) => file),
  ).filter((hand) => hand.length > 0)
}

/** Restarts are kills of the process, which a disk in memory survives: there a start and a commit cost less. */
function onMemoryDisk(): Record<string, string> {
  if (process.env['TMPDIR'] !== undefined || !existsSync(MEMORY_DISK)) return {}
  const { bavail, bsize } = statfsSync(MEMORY_DISK)
  return bavail * bsize >= MEMORY_DISK_BYTES_MIN ? { TMPDIR: MEMORY_DISK } : {}
}

async function runSlt(files: readonly string[], restarts: number): Promise<SltRun> {
  const options = ['test', '--mode', 'all', '--restarts', String(restarts), '--stub-sources']
  const output = await runApart([join(root, 'bin/millrace.cjs'), ...options, ...files], onMemoryDisk())
  return { files, output }
}

export const runSqlTests = (restarts: number): Promise<SltRun[]> =>
  Promise.all(dealt().map((files) => runSlt(files, restarts)))

export async function tallyOfSqlRun(run: SltRun, again: boolean, restarts: number): Promise<Tally> {
  const failed = again ? failedSltFiles(run.output) : []
  if (failed.length === 0) return tallyOfSlt(run.output)
  // A record of an included part runs with the file that includes it, which is not told.
  const files = failed.every((file) => run.files.includes(file)) ? failed : run.files
  process.stdout.write(`once more: ${files.join(', ')}\n`)
  return tallyOfSltTwice(run.output, (await runSlt(files, restarts)).output)
}
