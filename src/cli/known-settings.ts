import { nearest } from '../base/nearest.ts'
import { SqlError } from '../base/sql-error.ts'
import { findSetting, SETTINGS } from '../session/settings/table.ts'
import { OPTIONS, OptionError, variableOf } from './options.ts'

/** What no user needs: where the crash tests end the process, how early they compact, how often they checkpoint, what fails (see server.ts). */
const TEST_SETTINGS: Readonly<Record<string, RegExp>> = {
  crash_at: /^[a-z]+:[1-9]\d*$/,
  compact_bytes_min: /^\d+$/,
  checkpoint_interval_ms: /^\d+$/,
  fail_view: /^.+$/,
}

const SETTABLE = SETTINGS.filter((setting) => setting.readOnly !== true).map((setting) => setting.name)

type Settings = Record<string, string>

/** Adds a setting that holds for all sessions, canonical in name and value; an OptionError names it as the user wrote it. */
export function addSetting(settings: Settings, name: string, value: string, writtenAs: string): void {
  const forTests = Object.hasOwn(TEST_SETTINGS, name) ? TEST_SETTINGS[name] : undefined
  if (forTests !== undefined) {
    if (!forTests.test(value)) throw new OptionError(`${writtenAs}: invalid value "${value}"`)
    settings[name] = value
    return
  }
  const setting = findSetting(name)
  if (setting === undefined) {
    const known = [...OPTIONS.map((option) => option.name), ...SETTABLE]
    throw new OptionError(`${writtenAs}: there is no setting "${name}"${perhaps(nearest(name.toLowerCase(), known))}`)
  }
  if (setting.readOnly === true) throw new OptionError(`${writtenAs}: "${setting.name}" cannot be changed`)
  try {
    settings[setting.name] = setting.parse(value, setting.name)
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    const { hint } = error.fields
    throw new OptionError(`${writtenAs}: ${error.message}${hint === undefined ? '' : `. ${hint}`}`)
  }
}

/** Variables of the other commands and of the tests, and what Kubernetes and Docker say of services named "millrace…". */
const OTHER_VARIABLES =
  /^MILLRACE_(CONFIG|URL|MODE|LABEL|JUNIT|SEED|RESTARTS|TIMEOUT|STUB_SOURCES|SOAK|SERVICES_CACHE|TEST_.*|PORT|NAME|ENV_.*|(.*_)?SERVICE_(HOST|PORT).*|(.*_)?PORT_\d+_.*)$/

/** Every MILLRACE_* variable that is no option must be a setting: MILLRACE_STATEMENT_TIMEOUT is statement_timeout. */
export function addVariables(settings: Settings, env: Readonly<Record<string, string | undefined>>): void {
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith('MILLRACE_') || value === undefined || OTHER_VARIABLES.test(variable)) continue
    if (OPTIONS.some((option) => variableOf(option.name) === variable)) continue
    const name = variable.slice('MILLRACE_'.length).toLowerCase()
    if (findSetting(name) === undefined) {
      const known = [...OPTIONS.map((option) => option.name), ...SETTABLE, 'config'].map(variableOf)
      throw new OptionError(`there is no option for the variable ${variable}${perhaps(nearest(variable, known))}`)
    }
    addSetting(settings, name, value, variable)
  }
}

export const perhaps = (near: string | null): string => (near === null ? '' : `; perhaps you meant ${near}`)
