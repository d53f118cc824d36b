import { ServiceError } from '../service-error.ts'

/** A failure of a schema registry. */
export class RegistryError extends ServiceError {
  override readonly name = 'RegistryError'
}
