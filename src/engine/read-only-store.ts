import type { Store } from '../state/store.ts'

/** A store whose writes go nowhere: recovery may tidy up and replay above it, the directory stays as it is. */
export function withoutWrites(store: Store): Store {
  return {
    commit: async () => {},
    writeInBackground: async () => {},
    get: (db, key) => store.get(db, key),
    range: (db, from, to) => store.range(db, from, to),
    sizeBytes: () => store.sizeBytes(),
    close: () => store.close(),
  }
}
