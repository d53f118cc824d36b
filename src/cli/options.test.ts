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

  test('a list: flags add up, the variable takes commas, the file an array', () => {
    const resolve = (...given: Parameters<typeof inputs>) => readOptions(inputs(...given)).values['resolve']
    expect(resolve([])).toBeNull()
    expect(resolve(['--resolve', 'kafka:9092=127.0.0.1:1', '--resolve=sr:8081=127.0.0.1:2'])).toBe(
      'kafka:9092=127.0.0.1:1,sr:8081=127.0.0.1:2',
    )
    expect(resolve([], { MILLRACE_RESOLVE: 'a:1=b:2,c:3=d:4' })).toBe('a:1=b:2,c:3=d:4')
    expect(resolve([], {}, { 'millrace.json': '{"resolve": ["a:1=b:2", "c:3=d:4"]}' })).toBe('a:1=b:2,c:3=d:4')
  })

  test('a boolean flag needs no value, but takes one', () => {
    expect(readOptions(inputs(['--memory'])).values['memory']).toBe('on')
    expect(readOptions(inputs(['--memory=no'])).values['memory']).toBe('off')
  })

  test('settings of the server go through, the flag over the file', () => {
    const files = { 'my.json': '{"statement_timeout": "1s", "extra_float_digits": 1, "timezone": "Asia/Seoul"}' }
    const env = { MILLRACE_STATEMENT_TIMEOUT: '3s', MILLRACE_TIMEZONE: 'Europe/Berlin' }
    const args = ['--config', 'my.json', '--set', 'Statement_Timeout=2000']
    expect(readOptions(inputs(args, env, files)).settings).toEqual({
      statement_timeout: '2s',
      extra_float_digits: '1',
      TimeZone: 'Europe/Berlin',
    })
  })

  test('variables that are not ours to judge: of other commands, of tests, of a cluster', () => {
    const env = {
      MILLRACE_URL: 'postgresql://x',
      MILLRACE_TEST_SEED: '1',
      MILLRACE_SOAK: '1',
      MILLRACE_SERVICE_HOST: '10.0.0.1',
      MILLRACE_HTTP_SERVICE_PORT: '1',
      MILLRACE_PORT: 'tcp://10.0.0.1:6875',
      MILLRACE_PORT_6875_TCP_ADDR: '10.0.0.1',
    }
    expect(readOptions(inputs([], env)).settings).toEqual({})
  })
})

test('where each value came from', () => {
  const env = { MILLRACE_HTTP_PORT: '6', MILLRACE_PG_PORT: '7', MILLRACE_STATEMENT_TIMEOUT: '1s' }
  const files = { 'millrace.json': '{"pg_port":1,"data_dir":"d","extra_float_digits":"0"}' }
  expect(readOptions(inputs(['--pg-port', '5', '--set', 'datestyle=ISO'], env, files)).sources).toEqual({
    pg_port: 'command line',
    http_port: 'environment variable',
    data_dir: 'configuration file',
    statement_timeout: 'environment variable',
    extra_float_digits: 'configuration file',
    DateStyle: 'command line',
  })
})

describe('what is refused, by its name', () => {
  test.each([
    [['--pg-port', '70000'], '--pg-port must be a whole number from 0 to 65535, not "70000"'],
    [['--pg-port', ''], '--pg-port must be a whole number'],
    [['--pg-port'], '--pg-port needs a value'],
    [['--memory=maybe'], '--memory must be on or off'],
    [['--log-level', 'loud'], '--log-level must be one of debug, info, warn, error'],
    [['--resolve', 'kafka'], '--resolve: "kafka" is not of the form HOST:PORT=ADDRESS:PORT'],
    [['--connector-default', 'kafka.topic=t'], '--connector-default: there is no connector default "kafka.topic"'],
    [['--colour'], 'unknown option --colour'],
    [['--pgport', '1'], 'unknown option --pgport; perhaps you meant --pg-port'],
    [['--set', 'nonsense=1'], '--set nonsense: there is no setting "nonsense"'],
    [['--set', 'statement_timout=1s'], 'there is no setting "statement_timout"; perhaps you meant statement_timeout'],
    [['--set', 'statement_timeout=soon'], '--set statement_timeout: invalid value for parameter "statement_timeout"'],
    [['--set', 'extra_float_digits=99'], '99 is outside the valid range for parameter "extra_float_digits" (-15 .. 3)'],
    [['--set', 'bytea_output=escape'], 'value "escape" of parameter "bytea_output" is not supported. Supported: hex.'],
    [['--set', 'server_version=9'], '--set server_version: "server_version" cannot be changed'],
    [['--set', 'pg_port=1'], '--set pg_port: use --pg-port'],
    [['--set', 'crash_at=journal'], '--set crash_at: invalid value "journal"'],
    [['--set', 'x'], '--set needs <name>=<value>'],
    [['--config', 'gone.json'], 'there is no file gone.json'],
  ])('%j', (args, message) => {
    expect(() => readOptions(inputs(args))).toThrow(OptionError)
    expect(() => readOptions(inputs(args))).toThrow(message)
  })

  test('a bad variable and a bad file', () => {
    expect(() => readOptions(inputs([], { MILLRACE_HTTP_PORT: 'x' }))).toThrow('MILLRACE_HTTP_PORT must be')
    expect(() => readOptions(inputs([], { MILLRACE_PGPORT: '1' }))).toThrow(
      'there is no option for the variable MILLRACE_PGPORT; perhaps you meant MILLRACE_PG_PORT',
    )
    expect(() => readOptions(inputs([], { MILLRACE_TIMEZONE: 'Mars' }))).toThrow('MILLRACE_TIMEZONE: invalid value')
    expect(() => readOptions(inputs([], {}, { 'millrace.json': '{"data_dri":"x"}' }))).toThrow(
      '"data_dri" in millrace.json: there is no setting "data_dri"; perhaps you meant data_dir',
    )
    expect(() => readOptions(inputs([], {}, { 'millrace.json': '{"pg_port":65536}' }))).toThrow(
      '"pg_port" in millrace.json must be a whole number from 0 to 65535',
    )
    expect(() => readOptions(inputs([], {}, { 'millrace.json': '[1]' }))).toThrow('must hold one JSON object')
    expect(() => readOptions(inputs([], {}, { 'millrace.json': '{' }))).toThrow('is not valid JSON')
    expect(() => readOptions(inputs([], {}, { 'millrace.json': '{"pg_port":[1]}' }))).toThrow('must be a string')
  })
})

test('the help names every option', () => {
  for (const option of OPTIONS) expect(describeOptions()).toContain(`--${option.name.replaceAll('_', '-')}`)
})
