/** Mode *restart*: the server is killed and started again between statements. */
import type { ModeCheck } from './check.ts'
import type { NamedSubscriptions } from './named-subscriptions.ts'
import type { Random } from './random.ts'
import type { Sessions } from './sessions.ts'
import type { Target } from './target.ts'

export interface RestartOptions {
  readonly records: number
  /** About so many in a file, at random places: a start costs what hundreds of statements do. */
  readonly restarts: number
  readonly random: Random
  /** While one is open the server stays: its changes would be lost. */
  readonly subscriptions: NamedSubscriptions
}

export function restartCheck(target: Target, sessions: Sessions, options: RestartOptions): ModeCheck {
  const { restart } = target
  if (restart === null) throw new Error('this server cannot be restarted from here')
  const chance = Math.min(1, options.restarts / Math.max(1, options.records))
  return {
    async before() {
      if (sessions.anyInTransaction || options.subscriptions.any || options.random() >= chance) return
      sessions.destroyAll()
      await restart()
    },
  }
}
