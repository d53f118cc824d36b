import { describe, expect, test } from 'vitest'
import {
  addTallies,
  EMPTY,
  failedFiles,
  failedSltFiles,
  forbiddenSkips,
  tallyOfSlt,
  tallyOfSltTwice,
  tallyOfVitest,
  verdictLine,
} from './tally.ts'

const file = (status: string, ...results: readonly string[]) => ({
  name: '/repo/src/a.test.ts',
  status,
  message: 'of the file',
  assertionResults: results.map((result, i) => ({
    ancestorTitles: ['suite'],
    title: `t${i}`,
    status: result,
    failureMessages: result === 'failed' ? ['of the test\nat line 1'] : [],
  })),
})
const report = (...files: readonly ReturnType<typeof file>[]) => ({ testResults: files })
const T = 'src/a.test.ts > suite > t'

describe('the unit tests', () => {
  test('passed, failed and skipped are told apart', () => {
    expect(tallyOfVitest(report(file('failed', 'passed', 'failed', 'skipped', 'pending')), '/repo')).toEqual({
      passed: 1,
      failed: 1,
      skipped: [`${T}2`, `${T}3`],
      failures: [`${T}1: of the test`],
      unstable: [],
    })
  })

  test('a file that does not load is a failure', () => {
    const tally = tallyOfVitest(report(file('failed')), '/repo')
    expect(tally).toEqual({ ...EMPTY, failed: 1, failures: ['src/a.test.ts: of the file'] })
  })

  test('an error outside the tests is a failure, whatever ran again', () => {
    const tally = tallyOfVitest(
      report(file('failed', 'failed')),
      '/repo',
      ['thrown\nat'],
      report(file('passed', 'passed')),
    )
    expect(tally).toMatchObject({ passed: 1, failed: 1, failures: ['an error outside any test: thrown'] })
  })
})

describe('unit tests that ran once more', () => {
  const twice = (first: ReturnType<typeof file>, second: ReturnType<typeof file>) =>
    tallyOfVitest(report(first), '/repo', [], report(second))

  test('are the files with failures', () => {
    expect(failedFiles(report(file('passed', 'passed')))).toEqual([])
    expect(failedFiles(report(file('failed', 'passed', 'failed')))).toEqual(['/repo/src/a.test.ts'])
    expect(failedFiles(report(file('failed')))).toEqual(['/repo/src/a.test.ts'])
  })

  test('what passes the second time is unstable and counts as passed', () => {
    const tally = twice(file('failed', 'passed', 'failed'), file('passed', 'passed', 'passed'))
    expect(tally).toEqual({ ...EMPTY, passed: 2, unstable: [`${T}1: of the test`] })
  })

  test('what fails twice failed', () => {
    const tally = twice(file('failed', 'failed', 'failed'), file('failed', 'passed', 'failed'))
    expect(tally).toEqual({
      ...EMPTY,
      passed: 1,
      failed: 1,
      failures: [`${T}1: of the test`],
      unstable: [`${T}0: of the test`],
    })
  })

  test('what fails the second time only is unstable too', () => {
    const tally = twice(file('failed', 'failed', 'passed'), file('failed', 'passed', 'failed'))
    expect(tally).toEqual({ ...EMPTY, passed: 2, unstable: [`${T}0: of the test`, `${T}1: of the test`] })
  })

  test.each([
    ['is not there', file('passed', 'passed')],
    ['is skipped', file('passed', 'passed', 'skipped')],
    ['does not load', file('failed')],
  ])('what failed and then %s failed', (_, second) => {
    expect(twice(file('failed', 'passed', 'failed'), second).failures).toContain(`${T}1: of the test`)
  })

  test('a file that does not load twice failed; one that holds nothing the second time did too', () => {
    for (const second of [file('failed'), file('passed')])
      expect(twice(file('failed'), second)).toEqual({ ...EMPTY, failed: 1, failures: ['src/a.test.ts: of the file'] })
  })

  test('a file that loads the second time is unstable; its tests count as they ran', () => {
    expect(twice(file('failed'), file('failed', 'passed', 'failed', 'skipped'))).toEqual({
      passed: 1,
      failed: 1,
      skipped: [`${T}2`],
      failures: [`${T}1: of the test`],
      unstable: ['src/a.test.ts: of the file'],
    })
  })

  test('tests that a failed hook left out count as they ran the second time', () => {
    const tally = twice(file('failed', 'skipped', 'skipped'), file('passed', 'passed', 'skipped'))
    expect(tally).toEqual({ ...EMPTY, passed: 1, skipped: [`${T}1`], unstable: ['src/a.test.ts: of the file'] })
  })
})

describe('the sql tests', () => {
  const output = (verdict: string, ...failed: readonly string[]) =>
    `a\n${failed.map((place) => `${place}: failed (view)\n    SELECT 1\n`).join('')}${verdict}\n`
  const failed = (place: string) => `${place}: failed (view)`

  test('count by their last line; what failed is told', () => {
    const tally = tallyOfSlt(output('3 passed, 1 failed', 'sql-tests/a.slt:12'))
    expect(tally).toEqual({ ...EMPTY, passed: 3, failed: 1, failures: [failed('sql-tests/a.slt:12')] })
  })

  test('without that line they failed', () => {
    expect(tallyOfSlt('Error: crashed').failed).toBe(1)
    expect(tallyOfSltTwice('Error: crashed', '1 passed, 0 failed\n').failed).toBe(1)
  })

  test('files with failures run once more; what fails in one of the runs is unstable', () => {
    const first = output('3 passed, 3 failed', 'sql-tests/a.slt:12', 'sql-tests/a.slt:15', 'sql-tests/b.slt:1')
    expect(failedSltFiles(first)).toEqual(['sql-tests/a.slt', 'sql-tests/b.slt'])
    const again = output('4 passed, 2 failed', 'sql-tests/a.slt:15', 'sql-tests/a.slt:20')
    expect(tallyOfSltTwice(first, again)).toEqual({
      ...EMPTY,
      passed: 5,
      failed: 1,
      failures: [failed('sql-tests/a.slt:15')],
      unstable: ['sql-tests/a.slt:12', 'sql-tests/b.slt:1', 'sql-tests/a.slt:20'].map(failed),
    })
    expect(tallyOfSltTwice(first, 'Error: crashed'), 'the second run ends in the middle').toEqual(tallyOfSlt(first))
  })
})

test('skips must be on the list, by the beginning of their name', () => {
  const skipped = ['src/a.test.ts > x > 1', 'src/b.test.ts > y']
  expect(forbiddenSkips(skipped, ['# why', '', 'src/a.test.ts > x'])).toEqual(['src/b.test.ts > y'])
})

test('the verdict', () => {
  const sum = addTallies({ ...EMPTY, passed: 1 }, { ...EMPTY, passed: 2, failed: 1, skipped: ['a'], unstable: ['b'] })
  expect(verdictLine(sum)).toBe('3 passed, 1 failed, 1 skipped')
  expect(verdictLine({ ...EMPTY, passed: 2 })).toBe('2 passed, 0 failed')
})
