import { seal, unseal } from './block.ts'
import { userKey } from './keys.ts'
import type { Store, WriteOp } from './store.ts'

/** Small named values of the layers above (reserved timestamps, build fingerprint …), checksummed. */
export async function getMeta(store: Store, name: string): Promise<Uint8Array | undefined> {
  const stored = await store.get('meta', userKey(name))
  return stored && unseal(stored, () => `the value "${name}" in meta`)
}

/** For a commit of the caller. */
export function putMeta(name: string, value: Uint8Array): WriteOp {
  return { kind: 'put', db: 'meta', key: userKey(name), value: seal(value) }
}
