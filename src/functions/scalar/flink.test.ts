import { expect, test } from 'vitest'
import { exampleEnv } from '../evaluate.testkit.ts'
import { scalarById } from '../lookup.ts'

test("parts of an instant are those of the session's time zone", () => {
  const env = { ...exampleEnv, timeZone: 'Asia/Seoul' }
  const eightInTheEvening = Date.UTC(2024, 2, 5, 20) * 1000
  expect(scalarById('hour(timestamptz)')!.eval([eightInTheEvening], env)).toBe(5)
  expect(scalarById('date_format(timestamptz,text)')!.eval([eightInTheEvening, 'MM-dd HH'], env)).toBe('03-06 05')
  expect(scalarById('hour(timestamp)')!.eval([eightInTheEvening], env)).toBe(20)
})
