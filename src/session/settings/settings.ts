import { SqlError } from '../../base/sql-error.ts'
import type { SettingDefinition } from './definition.ts'
import { findSetting as findOwn, SETTINGS } from './table.ts'
import { withoutEffect } from './without-effect.ts'

/**
 * The settings of one session: server default, session default (from the connection), SET, SET LOCAL. What SET did
 * inside a transaction is undone when it rolls back; SET LOCAL ends with the transaction.
 */
export class Settings {
  private readonly defaults: Map<string, string>
  private values: Map<string, string>
  private locals = new Map<string, string>()
  /** Values at the start of the open transaction. */
  private saved: Map<string, string> | null = null
  /** Settings of the server as a whole: shown, never set here. */
  private readonly server: ReadonlyMap<string, string>

  constructor(server: Readonly<Record<string, string>>) {
    this.defaults = new Map()
    const others = new Map<string, string>()
    for (const [name, value] of Object.entries(server)) {
      const setting = findSetting(name)
      if (setting === undefined) others.set(name, value)
      else this.defaults.set(key(setting), setting.parse(value, setting.name))
    }
    this.server = others
    this.values = new Map()
  }

  /** A value of the connection's startup packet: RESET returns to it. */
  setInitial(name: string, value: string): void {
    const setting = settable(name)
    this.defaults.set(key(setting), setting.parse(value, setting.name))
  }
  /** For what the server knows and the client may not set. */
  setFixed(name: string, value: string): void {
    this.defaults.set(name.toLowerCase(), value)
  }

  get(name: string): string | undefined {
    const lower = name.toLowerCase()
    const value = this.locals.get(lower) ?? this.values.get(lower) ?? this.defaults.get(lower)
    return value ?? findSetting(name)?.default ?? this.server.get(lower)
  }

  /** extra_float_digits, where it has an effect: above 0 floats are written in their shortest exact form. */
  floatDigits(): number | undefined {
    const digits = Number(this.get('extra_float_digits'))
    return digits > 0 ? undefined : digits
  }

  show(name: string): { readonly name: string; readonly value: string } {
    const value = this.get(name)
    if (value === undefined) throw unknownSetting(name)
    return { name: findSetting(name)?.name ?? name.toLowerCase(), value }
  }

  set(name: string, value: string | null, local: boolean): void {
    const setting = this.checkSettable(name)
    const lower = key(setting)
    const text = value === null ? null : setting.parse(value, setting.name)
    if (local) {
      this.locals.set(lower, text ?? this.defaults.get(lower) ?? setting.default)
      return
    }
    this.locals.delete(lower)
    if (text === null) this.values.delete(lower)
    else this.values.set(lower, text)
  }

  resetAll(): void {
    this.values.clear()
    this.locals.clear()
  }

  all(): { name: string; value: string; description: string }[] {
    const rows = SETTINGS.map(({ name, description }) => ({ name, value: this.get(name)!, description }))
    for (const [name, value] of this.server) rows.push({ name, value, description: 'Setting of the server.' })
    return rows.sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1))
  }

  reported(): [string, string][] {
    return SETTINGS.filter((setting) => setting.reported).map((setting) => [setting.name, this.get(setting.name)!])
  }

  beginTransaction(): void {
    this.saved ??= new Map(this.values)
  }
  endTransaction(committed: boolean): void {
    if (!committed && this.saved !== null) this.values = this.saved
    this.saved = null
    this.locals.clear()
  }

  /** As they are now: what `backTo` takes, any number of times. */
  mark(): SettingsMark {
    return { values: new Map(this.values), locals: new Map(this.locals) }
  }
  backTo({ values, locals }: SettingsMark): void {
    this.values = new Map(values)
    this.locals = new Map(locals)
  }

  private checkSettable(name: string): SettingDefinition {
    if (this.server.has(name.toLowerCase())) {
      throw new SqlError('55P02', `parameter "${name}" cannot be changed without restarting the server`)
    }
    return settable(name)
  }
}

export interface SettingsMark {
  readonly values: ReadonlyMap<string, string>
  readonly locals: ReadonlyMap<string, string>
}

const findSetting = (name: string): SettingDefinition | undefined => findOwn(name) ?? withoutEffect(name)

const key = (setting: SettingDefinition): string => setting.name.toLowerCase()

function settable(name: string): SettingDefinition {
  const setting = findSetting(name)
  if (setting === undefined) throw unknownSetting(name)
  if (setting.readOnly) throw new SqlError('55P02', `parameter "${setting.name}" cannot be changed`)
  return setting
}

function unknownSetting(name: string): SqlError {
  return new SqlError('42704', `unrecognized configuration parameter "${name}"`)
}
