import { expect, test } from 'vitest'
import { createLog, type LogLevel } from './logger.ts'

function capture(pretty: boolean, level: LogLevel) {
  const lines: string[] = []
  const log = createLog({ pretty, level, write: (line) => lines.push(line), now: () => new Date(0) })
  return { lines, log }
}

test('off a terminal each message is one line of JSON', () => {
  const { lines, log } = capture(false, 'info')
  log.info('started', { port: 1, big: 2n, error: new Error('no\nluck') })
  expect(lines).toHaveLength(1)
  expect(lines[0].endsWith('\n')).toBe(true)
  const parsed = JSON.parse(lines[0])
  expect(parsed).toMatchObject({
    time: '1970-01-01T00:00:00.000Z',
    level: 'info',
    message: 'started',
    port: 1,
    big: '2',
  })
  expect(parsed.error).toContain('no\nluck')
})

test('what is below the level is dropped', () => {
  const { lines, log } = capture(false, 'warn')
  log.debug('a')
  log.info('b')
  log.warn('c')
  log.error('d')
  expect(lines.map((line) => JSON.parse(line).message)).toEqual(['c', 'd'])
})

test('on a terminal the fields follow the message', () => {
  const { lines, log } = capture(true, 'info')
  log.warn('slow', { ms: 12, view: 'v' })
  const esc = String.fromCharCode(27)
  expect(lines[0].replaceAll(new RegExp(`${esc}\\[\\d+m`, 'g'), '')).toMatch(
    /^\d\d:\d\d:\d\d warn {2}slow ms=12 view=v\n$/,
  )
})
