import type { SettingRow } from '../engine/system/relation.ts'
import { OPTIONS } from './options.ts'
import type { ServerOptions } from './server-options.ts'

/** The options of the server as rows of pg_settings. */
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
    return { name: o.name, value, unit: o.unit ?? null, description: o.description, type: TYPES[o.type] }
  })
  const known = new Set(OPTIONS.map((o) => o.name))
  for (const [name, value] of Object.entries(options.settings)) {
    if (!known.has(name))
      rows.push({ name, value, unit: null, description: 'Default of a session setting', type: 'string' })
  }
  return rows
}

const TYPES = { string: 'string', int: 'integer', bool: 'bool', choice: 'enum' } as const
