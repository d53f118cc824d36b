import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * Runs one measurement in a process of its own, so that engines do not share optimised code, heap or garbage. The script
 * gets `job` as JSON in its last argument and prints its result as the last line of stdout.
 */
export async function inChild<Result>(script: string, job: unknown, flags: readonly string[] = []): Promise<Result> {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const child = spawn(process.execPath, ['--expose-gc', ...flags, path, JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new Error(`${script} ended with ${code}`)
  const lines = out.trim().split('\n')
  return JSON.parse(lines[lines.length - 1]) as Result
}

export function job<Job>(): Job {
  return JSON.parse(process.argv[process.argv.length - 1]) as Job
}

export function report(result: unknown): void {
  process.stdout.write(`${JSON.stringify(result)}\n`)
}
