import { resolve } from 'node:path'
import type { LogLevel } from './logger.ts'
import { type OptionInputs, readOptions } from './option-values.ts'
import { OptionError } from './options.ts'
import type { ServerOptions } from './server-options.ts'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/

/** What `millrace serve` was asked for; anything but a loopback address is refused. */
export function serverOptions(inputs: OptionInputs): { options: ServerOptions; logLevel: LogLevel } {
  const { values, settings, sources } = readOptions(inputs)
  const host = values['host'] ?? '127.0.0.1'
  if (!LOOPBACK.test(host)) {
    throw new OptionError(
      `refusing to listen on ${host}: there are no passwords yet, so anybody who reaches the port owns the data.\n` +
        'Listen on 127.0.0.1 and use an SSH tunnel: ssh -L 6875:127.0.0.1:6875 <this machine>',
    )
  }
  // A folder that a file or a variable names may be overruled by --memory; said in one breath they contradict.
  if (values['memory'] === 'on' && sources['data_dir'] !== undefined && sources['data_dir'] === sources['memory']) {
    throw new OptionError('--memory keeps nothing in a folder: leave it or --data-dir away')
  }
  return {
    options: {
      host,
      pgPort: Number(values['pg_port']),
      httpPort: Number(values['http_port']),
      dataDir: values['memory'] === 'on' ? null : resolve(values['data_dir'] ?? './millrace-data'),
      demo: values['demo'] === 'on',
      // The log is made before the server; pg_settings shows its level all the same.
      settings: {
        ...settings,
        log_level: values['log_level'] ?? 'info',
        clock: values['clock'] ?? 'system',
        resolve: values['resolve'] ?? '',
        connector_default: values['connector_default'] ?? '',
      },
      sources,
    },
    logLevel: values['log_level'] as LogLevel,
  }
}
