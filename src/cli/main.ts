/** `millrace <command>`: finds the command's module and runs it. Each is loaded only when it is used. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { OptionError } from './options.ts'

const HELP = `millrace: a streaming SQL database

  millrace serve     run a server
  millrace sql       a small shell: rows, and changes as they happen
  millrace test      run sqllogictest files
  millrace inspect   what a stopped server's directory holds

  millrace <command> --help
  millrace --version
`

interface Command {
  /** Returns the exit code. */
  run(args: readonly string[]): Promise<number>
  help(): Promise<string>
}

const COMMANDS: Readonly<Record<string, Command>> = {
  serve: {
    run: async (args) => (await import('./serve.ts')).serve(args),
    help: async () => (await import('./serve.ts')).SERVE_HELP,
  },
  inspect: {
    run: async (args) => (await import('./inspect.ts')).inspect(args),
    help: async () => (await import('./inspect.ts')).INSPECT_HELP,
  },
  sql: {
    run: async (args) => (await import('./sql.ts')).sql(args),
    help: async () => (await import('./sql.ts')).SQL_HELP,
  },
  test: {
    run: async (args) => (await import('./test/command.ts')).test(args),
    help: async () => (await import('./test/command.ts')).TEST_HELP,
  },
}

/** package.json is two folders up from the source and three from the built JavaScript. */
function version(): string {
  for (const up of ['../../package.json', '../../../package.json']) {
    try {
      const manifest = JSON.parse(readFileSync(fileURLToPath(new URL(up, import.meta.url)), 'utf8'))
      if (manifest.name === 'millrace') return manifest.version
    } catch {
      // Not there: the other one.
    }
  }
  return 'unknown'
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args
  if (name === '--version' || name === '-V') {
    process.stdout.write(`millrace ${version()}\n`)
    return 0
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(HELP)
    return 0
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) {
    process.stderr.write(`millrace: there is no command "${name}"\n\n${HELP}`)
    return 2
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(await command.help())
    return 0
  }
  return command.run(rest)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const known = error instanceof OptionError || (error as { expected?: boolean }).expected === true
  process.stderr.write(`millrace: ${known ? (error as Error).message : ((error as Error).stack ?? error)}\n`)
  process.exitCode = error instanceof OptionError ? 2 : 1
}
// Handles that a failed start leaves open must not keep the process; but what was written reaches a pipe first.
for (const stream of [process.stdout, process.stderr]) await new Promise((resolve) => stream.write('', resolve))
process.exit()
