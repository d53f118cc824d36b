import type { Runtime } from '../base/runtime.ts'
import { MemoryCore } from './memory-core.ts'
import { QueuedStore } from './queued-store.ts'
import type { Store } from './store.ts'

/** `--memory`: the same store, forgotten at the end of the process. */
export function openMemoryStore(runtime: Runtime): Store {
  return new QueuedStore(new MemoryCore(), runtime)
}
