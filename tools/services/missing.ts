import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { postgresMissing } from './postgres.ts'

export type ServiceName = 'kafka' | 'registry' | 'postgres' | 'psql'

const runs = (command: string, flag: string): boolean => spawnSync(command, [flag], { stdio: 'ignore' }).status === 0

/** Maven takes half a second to tell its version. */
const found = (command: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, command)))

/** Why a service cannot be started here, for the name of a skipped test; null when it can. */
export function serviceMissing(name: ServiceName): string | null {
  switch (name) {
    case 'kafka':
    case 'registry':
      if (!runs('java', '-version')) return 'Java is not installed (Debian: apt install default-jre-headless)'
      return found('mvn') ? null : 'Maven is not installed (Debian: apt install maven)'
    case 'postgres':
      return postgresMissing()
    case 'psql':
      return runs('psql', '--version') ? null : 'psql is not installed (Debian: apt install postgresql-client)'
  }
}
