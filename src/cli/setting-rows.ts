import type { SettingRow } from '../engine/system/relation.ts'
import { SETTINGS } from '../session/settings/table.ts'
import { OPTIONS } from './options.ts'
import type { ServerOptions } from './server-options.ts'

/** The options of the server and the settings of sessions as rows of pg_settings. */
export function settingRows(options: ServerOptions): SettingRow[] {
  const values: Readonly<Record<string, string | null>> = {
    host: options.host,
    pg_port: String(options.pgPort),
    http_port: options.httpPort === null ? null : String(options.httpPort),
    data_dir: options.dataDir,
    memory: options.dataDir === null ? 'on' : 'off',
    demo: options.demo ? 'on' : 'off',
  }
  const rows = OPTIONS.map((o): SettingRow => {
    const value = values[o.name] ?? options.settings[o.name] ?? o.default ?? ''
    return {
      name: o.name,
      value,
      unit: o.unit ?? null,
      description: o.description,
      type: TYPES[o.type],
      context: 'postmaster',
      default: o.default ?? '',
      source: options.sources?.[o.name] ?? 'default',
    }
  })
  const given = new Map(Object.entries(options.settings).map(([name, value]) => [name.toLowerCase(), value]))
  for (const s of SETTINGS) {
    const { name, description } = s
    const value = given.get(name.toLowerCase()) ?? s.default
    const context = s.readOnly === true ? 'internal' : 'user'
    const source = options.sources?.[name] ?? 'default'
    rows.push({ name, value, unit: null, description, type: 'string', context, default: s.default, source })
  }
  return rows.sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1))
}

/** What sessions show: their own settings as the server presets them, and the options of the server. */
export function sessionSettings(options: ServerOptions): Readonly<Record<string, string>> {
  const server = settingRows(options).filter((row) => row.context === 'postmaster')
  return { ...Object.fromEntries(server.map(({ name, value }) => [name, value])), ...options.settings }
}

const TYPES = { string: 'string', int: 'integer', bool: 'bool', choice: 'enum', list: 'string' } as const
