// Chevrotain, read from the one file it also ships in: its sixty small modules cost nine times as much to load.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(import.meta.url)
const entry = require.resolve('chevrotain')
const bundle = join(entry, '../../chevrotain.mjs')
const chevrotain = require(existsSync(bundle) ? bundle : entry) as typeof import('chevrotain')

export const { createToken, EmbeddedActionsParser, EOF } = chevrotain
export const {
  Alternation,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  Terminal,
} = chevrotain
