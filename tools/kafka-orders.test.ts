import { expect, test } from 'vitest'
import { dueCount, makeOrder, orderJson } from './kafka-orders.ts'

test('an order is one line of JSON with an exact amount', () => {
  const order = makeOrder(7, 0, () => 0)
  expect(orderJson(order)).toBe('{"id":7,"account":1,"amount":1.00,"ts":"1970-01-01T00:00:00.000Z"}')
  expect(JSON.parse(orderJson(makeOrder(8, 0, () => 0.999)))).toMatchObject({ id: 8, account: 10, amount: 1000 })
})

test('records are paced by the clock and end at the count', () => {
  expect(dueCount(100, 250, null)).toBe(25)
  expect(dueCount(100, 10_000, 30)).toBe(30)
})
