import { objectLookup } from '../catalog/object-lookup.ts'
import type { EvalEnv } from '../functions/function.ts'
import type { CallContext } from './api.ts'
import { sequenceCalls } from './sequence-calls.ts'
import type { World } from './world.ts'

/** What stable functions read in a statement of this call: constant within the statement. */
export function evalEnv(world: World, call: CallContext): EvalEnv {
  return {
    nowMicros: world.clock.nowMicros,
    timeZone: call.timeZone,
    floatDigits: call.floatDigits,
    user: call.user,
    database: call.database,
    searchPath: call.searchPath,
    setting: (name) => call.setting(name),
    objects: objectLookup(world.catalog, call, (object) => stateBytes(world, object)),
    random: () => world.runtime.random(),
    sequences: sequenceCalls(world, call),
  }
}

/** What an object's rows take in memory; its indexes are part of them. */
function stateBytes(world: World, object: number): number {
  return (world.tables.get(object)?.rows ?? world.views.get(object))?.bytes() ?? 0
}
