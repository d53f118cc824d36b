/** Mode *restart*: the server is killed and started again between statements. */
import type { ModeCheck } from './check.ts'
import type { NamedSubscriptions } from './named-subscriptions.ts'
import type { Random } from './random.ts'
import type { Sessions } from './sessions.ts'
import type { Target } from './target.ts'

export interface RestartOptions {
  readonly records: number
  /** At most so many in a file, at random places: a start costs what hundreds of statements do. */
  readonly restarts: number
  readonly random: Random
  /** While one is open the server stays: its changes would be lost. */
  readonly subscriptions: NamedSubscriptions
}

export function restartCheck(target: Target, sessions: Sessions, options: RestartOptions): ModeCheck {
  const { restart } = target
  if (restart === null) throw new Error('this server cannot be restarted from here')
  const places = Array.from({ length: Math.min(options.restarts, options.records) }, () =>
    Math.floor(options.random() * options.records),
  ).sort((a, b) => a - b)
  let record = 0
  let next = 0
  return {
    async before() {
      const due = next < places.length && record >= places[next]!
      record++
      // What cannot happen here happens before the first record where it can.
      if (!due || sessions.anyInTransaction || options.subscriptions.any) return
      while (next < places.length && places[next]! < record) next++
      sessions.destroyAll()
      await restart()
    },
  }
}
