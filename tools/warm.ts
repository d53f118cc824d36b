import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './processes.ts'

/**
 * Starts a server and ends it in order: Node keeps the compiled code of a process that ends, and the servers of the tests
 * are mostly killed. Afterwards each of them starts in half the time.
 */
export async function warmUp(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-warm-'))
  const args = ['serve', '--pg-port', '0', '--http-port', '0', '--data-dir', dataDir]
  const server = spawn(process.execPath, [join(root, 'src/cli/main.ts'), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  server.stdout.once('data', () => server.kill('SIGTERM'))
  // A server that does not start is for the tests to tell.
  await new Promise((done) => server.once('close', done).once('error', done))
  rmSync(dataDir, { recursive: true, force: true })
}
