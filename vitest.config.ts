import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'grammar/**/*.test.ts', 'tools/**/*.test.ts', 'bench/**/*.test.ts'],
    setupFiles: ['tools/fast-check-seed.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Not a measure of anything: a machine may be slow, a test that hangs is to end some time.
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
})
