import { readFileSync } from 'node:fs'
import { nearest } from '../base/nearest.ts'
import { addSetting, addVariables, perhaps } from './known-settings.ts'
import { checkOption, flagOf, OPTIONS, OptionError, variableOf } from './options.ts'
import type { SettingSource } from './server-options.ts'

export interface OptionValues {
  /** Canonical text of every option of the table, by name; null when unset. */
  readonly values: Readonly<Record<string, string | null>>
  /** `--set`, and keys of the file that are no option of the table: settings of the server. */
  readonly settings: Readonly<Record<string, string>>
  /** Where the options and settings that were given came from; the others have their defaults. */
  readonly sources: Readonly<Record<string, SettingSource>>
}

export interface OptionInputs {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Text of a file, or null when it does not exist. */
  readonly readFile: (path: string) => string | null
}

/** Flags over MILLRACE_* variables over millrace.json over the defaults. What is not known in any of them is an error. */
export function readOptions(inputs: OptionInputs): OptionValues {
  const flags = readFlags(inputs.args)
  const values: Record<string, string | null> = {}
  const settings: Record<string, string> = {}
  const sources: Record<string, SettingSource> = {}
  for (const option of OPTIONS) values[option.name] = option.default
  const file = flags.config ?? inputs.env['MILLRACE_CONFIG'] ?? null
  for (const [key, text] of readConfig(inputs, file)) {
    const option = OPTIONS.find((o) => o.name === key)
    const writtenAs = `"${key}" in ${file ?? 'millrace.json'}`
    if (option) {
      values[key] = checkOption(option, text, writtenAs)
      sources[key] = 'configuration file'
    } else addSetting(settings, key, text, writtenAs)
  }
  for (const name of Object.keys(settings)) sources[name] = 'configuration file'
  for (const option of OPTIONS) {
    const variable = variableOf(option.name)
    const text = inputs.env[variable]
    if (text === undefined) continue
    values[option.name] = checkOption(option, text, variable)
    sources[option.name] = 'environment variable'
  }
  for (const [name, text] of flags.options) {
    const option = OPTIONS.find((o) => o.name === name)
    if (!option) continue
    values[name] = checkOption(option, text, flagOf(name))
    sources[name] = 'command line'
  }
  const variables: Record<string, string> = {}
  addVariables(variables, inputs.env)
  for (const name of Object.keys(variables)) sources[name] = 'environment variable'
  for (const name of Object.keys(flags.settings)) sources[name] = 'command line'
  return { values, settings: { ...settings, ...variables, ...flags.settings }, sources }
}

interface Flags {
  readonly options: ReadonlyMap<string, string>
  readonly settings: Readonly<Record<string, string>>
  readonly config: string | null
}

function readFlags(args: readonly string[]): Flags {
  const options = new Map<string, string>()
  const settings: Record<string, string> = {}
  let config: string | null = null
  for (let i = 0; i < args.length; i++) {
    const [flag, inline] = splitFlag(args[i])
    const option = OPTIONS.find((o) => flagOf(o.name) === flag)
    const value = (): string => {
      const text = inline ?? args[++i]
      if (text === undefined) throw new OptionError(`${flag} needs a value`)
      return text
    }
    if (option?.type === 'list') {
      const before = options.get(option.name)
      options.set(option.name, before === undefined ? value() : `${before},${value()}`)
    } else if (option) options.set(option.name, option.type === 'bool' ? (inline ?? 'on') : value())
    else if (flag === '--config') config = value()
    else if (flag === '--set') {
      const text = value()
      const at = text.indexOf('=')
      if (at < 1) throw new OptionError(`--set needs <name>=<value>, not "${text}"`)
      const name = text.slice(0, at)
      const own = OPTIONS.find((o) => o.name === name)
      if (own) throw new OptionError(`--set ${name}: use ${flagOf(name)}`)
      addSetting(settings, name, text.slice(at + 1), `--set ${name}`)
    } else {
      const known = [...OPTIONS.map((o) => flagOf(o.name)), '--set', '--config']
      throw new OptionError(`unknown option ${flag}${perhaps(nearest(flag, known))}`)
    }
  }
  return { options, settings, config }
}

function splitFlag(arg: string): readonly [string, string | undefined] {
  const at = arg.startsWith('--') ? arg.indexOf('=') : -1
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)]
}

function readConfig(inputs: OptionInputs, named: string | null): readonly (readonly [string, string])[] {
  const path = named ?? 'millrace.json'
  const text = inputs.readFile(path)
  if (text === null) {
    if (named !== null) throw new OptionError(`there is no file ${path}`)
    return []
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw new OptionError(`${path} is not valid JSON: ${(error as Error).message}`)
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new OptionError(`${path} must hold one JSON object`)
  }
  return Object.entries(parsed).map(([key, value]) => {
    const list = OPTIONS.find((o) => o.name === key)?.type === 'list'
    if (list && Array.isArray(value) && value.every((each) => typeof each === 'string')) return [key, value.join(',')]
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      throw new OptionError(`"${key}" in ${path} must be a string, a number or a boolean`)
    }
    return [key, String(value)] as const
  })
}

/** OptionInputs of this process. */
export function processInputs(args: readonly string[]): OptionInputs {
  return {
    args,
    env: process.env,
    readFile(path) {
      try {
        return readFileSync(path, 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw new OptionError(`cannot read ${path}: ${(error as Error).message}`)
      }
    },
  }
}
