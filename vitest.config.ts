import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'grammar/**/*.test.ts', 'tools/**/*.test.ts', 'bench/**/*.test.ts'],
    setupFiles: ['tools/fast-check-seed.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
