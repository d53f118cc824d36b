/** `millrace sql`: a small shell. */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { PgConnection } from './client/connection.ts'
import { renderMessage } from './client/result.ts'
import { OptionError } from './options.ts'
import { runStatement, type ShellOutput } from './shell/run.ts'
import { splitStatements } from './shell/split.ts'

export const SQL_HELP = `millrace sql [-c SQL | -f FILE] [--url postgresql://…]: a small shell

  -c SQL         run these statements and end
  -f FILE        run a file and end; - reads standard input
  --url URL      the server (MILLRACE_URL, or postgresql://millrace@127.0.0.1:6875/millrace)

Statements end with a semicolon. SUBSCRIBE shows changes as they happen until Ctrl-C. \\q ends.
`
const DEFAULT_URL = 'postgresql://millrace@127.0.0.1:6875/millrace'

interface SqlArguments {
  readonly script: string | null
  readonly url: string
}

function parseArguments(args: readonly string[]): SqlArguments {
  let script: string | null = null
  let url = process.env['MILLRACE_URL'] ?? DEFAULT_URL
  for (let i = 0; i < args.length; i++) {
    const value = (): string => {
      const text = args[++i]
      if (text === undefined) throw new OptionError(`${args[i - 1]} needs a value`)
      return text
    }
    switch (args[i]) {
      case '-c':
        script = value()
        break
      case '-f':
        script = readScript(value())
        break
      case '--url':
        url = value()
        break
      default:
        throw new OptionError(`unknown option ${args[i]}`)
    }
  }
  return { script, url }
}

function readScript(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    throw new OptionError(`cannot read ${path}: ${(error as Error).message}`)
  }
}

const OUTPUT: ShellOutput = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
}

export async function sql(args: readonly string[]): Promise<number> {
  const { script, url } = parseArguments(args)
  let connection: PgConnection
  try {
    connection = await PgConnection.connect(url)
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nIs a server running? Start one with: millrace serve\n`)
    return 2
  }
  connection.onNotice = (notice) => OUTPUT.err(`${renderMessage(notice)}\n`)
  const text = script ?? (process.stdin.isTTY ? null : readScript('-'))
  const code = text === null ? await interact(connection) : await runScript(connection, text)
  await connection.close()
  return code
}

/** Stops at the first error. Ctrl-C cancels the statement that runs. */
async function runScript(connection: PgConnection, text: string): Promise<number> {
  process.on('SIGINT', () => void connection.cancel())
  const { statements, rest } = splitStatements(text)
  for (const statement of rest === '' ? statements : [...statements, rest]) {
    if (!(await runStatement(connection, statement, OUTPUT))) return 1
  }
  return 0
}

const PROMPT = { idle: '=> ', open: '=*> ', failed: '=!> ' } as const

async function interact(connection: PgConnection): Promise<number> {
  const lines = createInterface({ input: process.stdin, output: process.stdout, historySize: 1000 })
  let buffer = ''
  let running = false
  const prompt = (): void => {
    lines.setPrompt(buffer === '' ? `millrace${PROMPT[connection.status]}` : 'millrace-> ')
    lines.prompt()
  }
  lines.on('SIGINT', () => {
    if (running) void connection.cancel()
    else {
      buffer = ''
      process.stdout.write('\n')
      prompt()
    }
  })
  process.stdout.write('Statements end with a semicolon; \\q ends.\n')
  prompt()
  for await (const line of lines) {
    if (buffer === '' && /^\s*(\\q|exit|quit)\s*;?\s*$/i.test(line)) break
    if (buffer === '' && line.trim().startsWith('\\')) {
      process.stdout.write("Of psql's commands only \\q is known here.\n")
      prompt()
      continue
    }
    buffer += `${line}\n`
    const { statements, rest } = splitStatements(buffer)
    buffer = rest === '' ? '' : `${rest}\n`
    running = true
    for (const statement of statements) await runStatement(connection, statement, OUTPUT)
    running = false
    prompt()
  }
  lines.close()
  return 0
}
