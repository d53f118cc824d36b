import { describe, expect, test } from 'vitest'
import { addTallies, forbiddenSkips, tallyOfSlt, tallyOfVitest, verdictLine } from './tally.ts'

const file = (status: string, ...results: readonly string[]) => ({
  name: '/repo/src/a.test.ts',
  status,
  assertionResults: results.map((result, i) => ({ ancestorTitles: ['suite'], title: `t${i}`, status: result })),
})

describe('the unit tests', () => {
  test('passed, failed and skipped are told apart', () => {
    const report = { success: false, testResults: [file('failed', 'passed', 'failed', 'skipped', 'pending')] }
    const skipped = ['src/a.test.ts > suite > t2', 'src/a.test.ts > suite > t3']
    const failures = ['src/a.test.ts > suite > t1: ']
    expect(tallyOfVitest(report, '/repo')).toEqual({ passed: 1, failed: 1, skipped, failures })
  })

  test('a file that does not load is a failure', () => {
    expect(tallyOfVitest({ success: false, testResults: [file('failed')] }, '/repo').failed).toBe(1)
  })

  test('an error outside the tests is a failure', () => {
    expect(tallyOfVitest({ success: false, testResults: [file('passed', 'passed')] }, '/repo').failed).toBe(1)
  })
})

describe('the sql tests', () => {
  test('count by their last line; what failed is told', () => {
    const output = 'a\nsql-tests/a.slt:12: failed (view)\n    SELECT 1\n3 passed, 1 failed\n'
    const failures = ['sql-tests/a.slt:12: failed (view)']
    expect(tallyOfSlt(output)).toEqual({ passed: 3, failed: 1, skipped: [], failures })
  })

  test('without that line they failed', () => {
    expect(tallyOfSlt('Error: crashed').failed).toBe(1)
  })
})

test('skips must be on the list, by the beginning of their name', () => {
  const skipped = ['src/a.test.ts > x > 1', 'src/b.test.ts > y']
  expect(forbiddenSkips(skipped, ['# why', '', 'src/a.test.ts > x'])).toEqual(['src/b.test.ts > y'])
})

test('the verdict', () => {
  const sum = addTallies(
    { passed: 1, failed: 0, skipped: [], failures: [] },
    { passed: 2, failed: 1, skipped: ['a'], failures: [] },
  )
  expect(verdictLine(sum)).toBe('3 passed, 1 failed, 1 skipped')
  expect(verdictLine({ passed: 2, failed: 0, skipped: [], failures: [] })).toBe('2 passed, 0 failed')
})
