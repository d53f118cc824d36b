import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { HeaviestFirst } from './tools/heaviest-first.ts'

// Every server process that a test starts loads some 600 TypeScript files: compiled once, half of its start is saved. The
// folder is the one that Node takes by itself, and bin/launch.cjs with it; given here, threads of the servers use it too.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'node-compile-cache')

/** Tests that start processes, mostly servers: each file in a process of its own, so that what it leaves behind ends with it. */
const processes = ['tools/**/*.test.ts', 'src/cli/**/*.test.ts', 'bench/**/*.test.ts', '**/*-real.test.ts']

export default defineConfig({
  test: {
    setupFiles: ['tools/fast-check-seed.ts'],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: HeaviestFirst },
    // Not a measure of anything: a machine may be slow, a test that hangs is to end some time.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    projects: [
      // Units keep no state between tests: the files of a worker share its modules, which are loaded once.
      {
        extends: true,
        test: {
          name: 'units',
          include: ['src/**/*.test.ts', 'grammar/**/*.test.ts'],
          exclude: [...processes, 'node_modules/**'],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'processes', include: processes, exclude: ['node_modules/**', 'dist/**'] } },
    ],
  },
})
