import type { SqlType } from './sql-type.ts'
import { UserType, type UserTypeFacts } from './user-type.ts'

/** The user's types of one server, by oid. */
export class UserTypes {
  readonly #types = new Map<number, UserType>()

  /** Made when it is first asked for: what is read back may name a type before its catalog entry comes. */
  of(oid: number): UserType {
    let type = this.#types.get(oid)
    if (type === undefined) this.#types.set(oid, (type = new UserType(oid)))
    return type
  }

  learn(oid: number, facts: UserTypeFacts): UserType {
    const type = this.of(oid)
    type.learn(facts)
    return type
  }

  /** Puts these types in the place of what was stored of them, in plain data that nobody else holds yet. */
  link<T>(data: T): T {
    if (typeof data !== 'object' || data === null || data instanceof Uint8Array) return data
    const holder = data as { user?: { oid?: unknown }; domain?: { oid?: unknown }; kind?: unknown }
    for (const key of ['user', 'domain'] as const) {
      const oid = holder[key]?.oid
      if (typeof oid === 'number' && typeof holder.kind === 'string') holder[key] = this.of(oid)
    }
    for (const value of Object.values(data)) if (!(value instanceof UserType)) this.link(value)
    return data
  }
}

/** Whether values of the type are checked by the rules of a domain. */
export const holdsDomain = (type: SqlType): boolean =>
  type.domain !== undefined ||
  (type.element !== undefined && holdsDomain(type.element)) ||
  (type.fields?.some((field) => holdsDomain(field.type)) ?? false)

/** The user's types that a type is made of, itself included. */
export function userTypesOf(type: SqlType, into: Set<UserType> = new Set()): Set<UserType> {
  if (type.user !== undefined) into.add(type.user)
  if (type.domain !== undefined) into.add(type.domain)
  if (type.element !== undefined) userTypesOf(type.element, into)
  for (const field of type.fields ?? []) userTypesOf(field.type, into)
  return into
}
