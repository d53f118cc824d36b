/** Schemas of a search_path value, "$user" replaced; names folded as identifiers are. */
export function searchPathOf(value: string, user: string): string[] {
  const schemas: string[] = []
  for (const match of value.matchAll(/"((?:[^"]|"")*)"|([^,\s][^,]*)/g)) {
    const name = match[1] !== undefined ? match[1].replaceAll('""', '"') : match[2].trim().toLowerCase()
    schemas.push(name === '$user' ? user : name)
  }
  return schemas
}
