import type { Runtime } from '../../base/runtime.ts'
import type { Rewrite } from '../resolve.ts'
import { RegistryClient } from './client.ts'
import { httpGet, shownUrl } from './http-get.ts'
import type { OpenRegistry, SchemaRegistry } from './registry.ts'

/** Registries over the network: one client, with what it learnt, an address. */
export function networkRegistries(resolve: readonly Rewrite[], runtime: Runtime): OpenRegistry {
  const open = new Map<string, SchemaRegistry>()
  return (address) => {
    const key = JSON.stringify(address)
    let registry = open.get(key)
    if (registry === undefined) {
      registry = new RegistryClient(httpGet(address, resolve, runtime), shownUrl(address.url))
      open.set(key, registry)
    }
    return registry
  }
}
