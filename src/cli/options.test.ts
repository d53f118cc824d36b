import { describe, expect, test } from 'vitest'
import { type OptionInputs, readOptions } from './option-values.ts'
import { describeOptions, OPTIONS, OptionError } from './options.ts'

const inputs = (args: string[], env = {}, files: Record<string, string> = {}): OptionInputs => ({
  args,
  env,
  readFile: (path) => files[path] ?? null,
})

describe('where an option comes from', () => {
  test('the default when nothing is said', () => {
    const { values, settings } = readOptions(inputs([]))
    expect(values).toMatchObject({ host: '127.0.0.1', pg_port: '6875', memory: 'off' })
    expect(settings).toEqual({})
  })

  test('file, then variable, then flag', () => {
    const files = { 'millrace.json': '{"pg_port": 1, "http_port": 2, "data_dir": "d"}' }
    const env = { MILLRACE_PG_PORT: '3', MILLRACE_HTTP_PORT: '4' }
    const { values } = readOptions(inputs(['--pg-port', '5'], env, files))
    expect(values).toMatchObject({ pg_port: '5', http_port: '4', data_dir: 'd' })
  })

  test('a flag may carry its value after =', () => {
    expect(readOptions(inputs(['--data-dir=/x=y'])).values['data_dir']).toBe('/x=y')
  })

  test('a boolean flag needs no value, but takes one', () => {
    expect(readOptions(inputs(['--memory'])).values['memory']).toBe('on')
    expect(readOptions(inputs(['--memory=no'])).values['memory']).toBe('off')
  })

  test('settings of the server go through, the flag over the file', () => {
    const files = { 'my.json': '{"statement_timeout": "1s", "work": 1}' }
    const { settings } = readOptions(inputs(['--config', 'my.json', '--set', 'statement_timeout=2s'], {}, files))
    expect(settings).toEqual({ statement_timeout: '2s', work: '1' })
  })
})

describe('what is refused, by its name', () => {
  test.each([
    [['--pg-port', '70000'], '--pg-port must be a whole number from 0 to 65535, not "70000"'],
    [['--pg-port', ''], '--pg-port must be a whole number'],
    [['--pg-port'], '--pg-port needs a value'],
    [['--memory=maybe'], '--memory must be on or off'],
    [['--log-level', 'loud'], '--log-level must be one of debug, info, warn, error'],
    [['--colour'], 'unknown option --colour'],
    [['--set', 'x'], '--set needs <name>=<value>'],
    [['--config', 'gone.json'], 'there is no file gone.json'],
  ])('%j', (args, message) => {
    expect(() => readOptions(inputs(args))).toThrow(OptionError)
    expect(() => readOptions(inputs(args))).toThrow(message)
  })

  test('a bad variable and a bad file', () => {
    expect(() => readOptions(inputs([], { MILLRACE_HTTP_PORT: 'x' }))).toThrow('MILLRACE_HTTP_PORT must be')
    expect(() => readOptions(inputs([], {}, { 'millrace.json': '[1]' }))).toThrow('must hold one JSON object')
    expect(() => readOptions(inputs([], {}, { 'millrace.json': '{' }))).toThrow('is not valid JSON')
    expect(() => readOptions(inputs([], {}, { 'millrace.json': '{"pg_port":[1]}' }))).toThrow('must be a string')
  })
})

test('the help names every option', () => {
  for (const option of OPTIONS) expect(describeOptions()).toContain(`--${option.name.replaceAll('_', '-')}`)
})
