import { describe, expect, test } from 'vitest'
import { parseConnectorDefaults } from './connector-defaults.ts'

describe('connector defaults', () => {
  test('name and value, values may be lists', () => {
    expect([...parseConnectorDefaults('kafka.brokers=a:1,b:2')]).toEqual([['kafka.brokers', 'a:1,b:2']])
    expect([...parseConnectorDefaults('')]).toEqual([])
  })

  test.each([
    ['kafka.brokers', '"kafka.brokers" is not of the form NAME=VALUE'],
    ['kafka.topic=x', 'there is no connector default "kafka.topic"'],
    ['kafka.brokers=x', '"x" is not a list of addresses HOST:PORT'],
  ])('%s is refused', (text, message) => {
    expect(() => parseConnectorDefaults(text)).toThrow(message)
  })
})
