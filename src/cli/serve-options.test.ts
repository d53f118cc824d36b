import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { serverOptions } from './serve-options.ts'

const read = (...args: string[]) => serverOptions({ args, env: {}, readFile: () => null }).options

test('by default: loopback, the usual ports, a folder here, no demo', () => {
  expect(read()).toEqual({
    host: '127.0.0.1',
    pgPort: 6875,
    httpPort: 6876,
    dataDir: resolve('millrace-data'),
    demo: false,
    settings: { clock: 'system', log_level: 'info', resolve: '', connector_default: '' },
    sources: {},
  })
})

test('the data directory is absolute, or none at all', () => {
  expect(read('--data-dir', 'x/y').dataDir).toBe(resolve('x/y'))
  expect(read('--memory').dataDir).toBeNull()
})

test('--memory and --data-dir contradict; --memory overrules a folder that a variable names', () => {
  expect(() => read('--memory', '--data-dir', 'x')).toThrow('leave it or --data-dir away')
  const env = { MILLRACE_DATA_DIR: 'x' }
  expect(serverOptions({ args: ['--memory'], env, readFile: () => null }).options.dataDir).toBeNull()
  expect(read('--memory=off', '--data-dir', 'x').dataDir).toBe(resolve('x'))
})

test.each(['127.0.0.1', 'localhost', '::1', '127.1.2.3'])('%s is loopback', (host) => {
  expect(read('--host', host).host).toBe(host)
})

test.each(['0.0.0.0', '::', '192.168.1.5', 'example.org', '127.0.0.1.example.org'])(
  '%s is refused, with a way out',
  (host) => {
    expect(() => read('--host', host)).toThrow(/refusing to listen.*no passwords[\s\S]*ssh -L/)
  },
)
