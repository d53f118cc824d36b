import { OptionError, variableOf } from '../options.ts'
import { MODES, type Mode } from './check.ts'

export interface TestArguments {
  readonly modes: readonly Mode[]
  readonly url: string | null
  readonly labels: readonly string[]
  readonly junit: string | null
  readonly seed: number
  /** At most so many restarts a file. */
  readonly restarts: number
  readonly recordTimeoutMs: number
  /** Kafka and schema registries in memory. */
  readonly stubSources: boolean
  readonly paths: readonly string[]
}

const STUB_SOURCES = '--stub-sources'
const VALUED = ['--mode', '--url', '--label', '--junit', '--seed', '--restarts', '--timeout'] as const

/** Each flag is also a variable, which counts where the flag is not given: MILLRACE_MODE, MILLRACE_STUB_SOURCES. */
function fromVariables(env: Readonly<Record<string, string | undefined>>): Map<string, string[]> {
  const given = new Map<string, string[]>()
  for (const flag of [STUB_SOURCES, ...VALUED]) {
    const text = env[variableOf(flag.slice(2).replaceAll('-', '_'))]
    if (text === undefined || text === '') continue
    if (flag !== STUB_SOURCES) given.set(flag, flag === '--label' ? text.split(',') : [text])
    else if (/^(on|true|yes|1)$/i.test(text)) given.set(flag, [])
    else if (!/^(off|false|no|0)$/i.test(text))
      throw new OptionError(`MILLRACE_STUB_SOURCES must be on or off, not "${text}"`)
  }
  return given
}

export function parseTestArguments(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): TestArguments {
  const given = new Map<string, string[]>()
  const paths: string[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]
    if (!arg.startsWith('--')) {
      paths.push(arg)
      continue
    }
    if (arg === STUB_SOURCES) {
      given.set(arg, [])
      continue
    }
    const [flag, inline] = arg.split(/=(.*)/s)
    if (!(VALUED as readonly string[]).includes(flag)) throw new OptionError(`unknown option ${flag}`)
    const value = inline ?? args[++i]
    if (value === undefined) throw new OptionError(`${flag} needs a value`)
    given.set(flag, [...(given.get(flag) ?? []), value])
  }
  for (const [flag, values] of fromVariables(env)) if (!given.has(flag)) given.set(flag, values)
  if (paths.length === 0) throw new OptionError('name at least one file or folder of .slt files')
  const last = (flag: (typeof VALUED)[number]): string | null => given.get(flag)?.at(-1) ?? null
  const url = last('--url')
  if (url !== null && given.has(STUB_SOURCES)) {
    throw new OptionError(`${STUB_SOURCES} needs a server of the runner's own: leave --url away`)
  }
  const modes = readModes(last('--mode') ?? 'pull', url)
  return {
    modes,
    url,
    // Our own label holds only where our own server runs.
    labels: [...(url === null ? ['millrace'] : []), ...(given.get('--label') ?? [])],
    junit: last('--junit'),
    seed: wholeNumber('--seed', last('--seed') ?? '1'),
    restarts: wholeNumber('--restarts', last('--restarts') ?? '5'),
    recordTimeoutMs: wholeNumber('--timeout', last('--timeout') ?? '60') * 1000,
    stubSources: given.has(STUB_SOURCES),
    paths,
  }
}

function readModes(text: string, url: string | null): readonly Mode[] {
  const named = text.split(',')
  const modes = named.flatMap((name): readonly Mode[] => {
    if (name === 'all') return url === null ? MODES : MODES.filter((mode) => mode !== 'restart')
    const mode = MODES.find((m) => m === name)
    if (!mode) throw new OptionError(`--mode must be ${MODES.join(', ')} or all, not "${name}"`)
    return [mode]
  })
  if (url !== null && modes.includes('restart')) {
    throw new OptionError('--mode restart kills the server, so it runs its own: leave --url away')
  }
  return modes
}

function wholeNumber(flag: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new OptionError(`${flag} must be a whole number, not "${text}"`)
  return value
}
