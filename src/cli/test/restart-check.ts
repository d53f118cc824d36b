/** Mode *restart*: the server is killed and started again between statements. */
import type { ModeCheck } from './check.ts'
import type { Random } from './random.ts'
import type { Sessions } from './sessions.ts'
import type { Target } from './target.ts'

/** Long files are restarted now and then: a start costs what hundreds of statements do. */
const RESTARTS_PER_FILE = 25

export function restartCheck(target: Target, sessions: Sessions, records: number, random: Random): ModeCheck {
  const { restart } = target
  if (restart === null) throw new Error('this server cannot be restarted from here')
  const chance = Math.min(1, RESTARTS_PER_FILE / Math.max(1, records))
  return {
    async before() {
      if (sessions.anyInTransaction || random() >= chance) return
      sessions.destroyAll()
      await restart()
    },
  }
}
