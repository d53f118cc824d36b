// What every CREATE copies from its beginning into its tree.
import type { CreateHead } from './rule-types.ts'

export const createFlags = (head: CreateHead, ifNotExists?: boolean) => ({
  ...(head?.orReplace && { orReplace: true }),
  ...(ifNotExists && { ifNotExists: true }),
})
