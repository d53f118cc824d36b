import { canonicalJson, parseCanonicalJson } from '../base/canonical-json.ts'
import type { CatalogEntry } from './entry.ts'

/** Entries as they lie in the store: canonical JSON, so that options may hold bigints and bytes. */
export const encodeEntry = (entry: CatalogEntry): string => canonicalJson(entry)
export const decodeEntry = (text: string): CatalogEntry => parseCanonicalJson(text) as CatalogEntry
