import { describe, expect, test } from 'vitest'
import { parseResolve, resolvedNote, resolvePlace } from './resolve.ts'

describe('addresses that lie elsewhere', () => {
  const rewrites = parseResolve('kafka:9092=127.0.0.1:19092, SR:8081=[::1]:18081')

  test('are connected to where --resolve says, whatever the case of the name', () => {
    expect(resolvePlace(rewrites, 'kafka', 9092)).toMatchObject({ host: '127.0.0.1', port: 19092 })
    expect(resolvePlace(rewrites, 'Sr', 8081)).toMatchObject({ host: '::1', port: 18081 })
  })

  test('others stay: another port is another address', () => {
    expect(resolvePlace(rewrites, 'kafka', 9093)).toEqual({ host: 'kafka', port: 9093 })
    expect(resolvePlace([], 'kafka', 9092)).toEqual({ host: 'kafka', port: 9092 })
  })

  test('are named in messages beside what was written', () => {
    expect(resolvedNote(rewrites, 'kafka', 9092)).toBe(' (127.0.0.1:19092)')
    expect(resolvedNote(rewrites, 'kafka', 9093)).toBe('')
  })

  test.each([
    ['kafka', '"kafka" is not of the form HOST:PORT=ADDRESS:PORT'],
    ['kafka:9092=x', '"kafka:9092=x" is not of the form HOST:PORT=ADDRESS:PORT'],
    ['kafka:0=x:1', '"kafka:0=x:1" is not of the form HOST:PORT=ADDRESS:PORT'],
    ['a:1=b:2=c:3', '"a:1=b:2=c:3" is not of the form HOST:PORT=ADDRESS:PORT'],
    ['a:1=b:2,A:1=b:3', '"a:1" is resolved twice'],
  ])('%s is refused', (text, message) => {
    expect(() => parseResolve(text)).toThrow(message)
  })
})
