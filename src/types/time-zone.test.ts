import { expect, test } from 'vitest'
import { fixedZone, transitionAfter, zoneByName } from './time-zone.ts'
import { zoneTurns } from './zone-turns.ts'

const seconds = (text: string): number => Date.parse(text) / 1000

test.each([
  ['America/New_York', '2024-01-01T00:00:00Z', '2024-03-10T07:00:00Z'],
  ['America/New_York', '2024-03-10T06:59:59Z', '2024-03-10T07:00:00Z'],
  ['America/New_York', '2024-03-10T07:00:00Z', '2024-11-03T06:00:00Z'],
  ['Europe/Berlin', '2024-06-01T00:00:00Z', '2024-10-27T01:00:00Z'],
  ['America/Sao_Paulo', '2018-06-01T00:00:00Z', '2018-11-04T03:00:00Z'],
  ['Australia/Lord_Howe', '2024-05-01T00:00:00Z', '2024-10-05T15:30:00Z'],
])('the next change of clocks in %s after %s', (zone, from, to) => {
  expect(transitionAfter(zoneByName(zone), seconds(from))).toBe(seconds(to))
})

test.each(['UTC', 'Asia/Kathmandu'])('%s has none', (zone) => {
  expect(transitionAfter(zoneByName(zone), seconds('2024-01-01T00:00:00Z'))).toBe(Number.POSITIVE_INFINITY)
  expect(transitionAfter(fixedZone('', 3600), 0)).toBe(Number.POSITIVE_INFINITY)
})

test('what zones tell of the order of instants', () => {
  const turns = (name: string) => zoneTurns(zoneByName(name))
  expect(turns('UTC')).toEqual({ none: true, onward: true, daysOnward: true })
  // Set forward alone.
  expect(turns('Asia/Dubai')).toEqual({ none: false, onward: true, daysOnward: true })
  expect(turns('Europe/Berlin')).toEqual({ none: false, onward: false, daysOnward: true })
  // A minute after midnight, back to the day before.
  expect(turns('America/St_Johns')).toEqual({ none: false, onward: false, daysOnward: false })
})
