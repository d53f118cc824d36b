import type { EvalEnv } from '../functions/function.ts'
import type { CallContext } from './api.ts'
import type { World } from './world.ts'

/** What stable functions read in a statement of this call: constant within the statement. */
export function evalEnv(world: World, call: CallContext): EvalEnv {
  return {
    nowMicros: world.clock.nowMicros,
    timeZone: call.timeZone,
    user: call.user,
    database: call.database,
    searchPath: call.searchPath,
    setting: (name) => call.setting(name),
    random: () => world.runtime.random(),
  }
}
