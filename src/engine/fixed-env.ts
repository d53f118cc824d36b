import type { FixedEnv } from '../render/compile-context.ts'

/** What views compute with, whoever made them: constant for good, so that a replay gives the same. */
export const FIXED_ENV: FixedEnv = {
  maintained: true,
  timeZone: 'UTC',
  user: 'millrace',
  database: 'millrace',
  searchPath: ['public'],
  setting: () => undefined,
  random: () => 0,
}
