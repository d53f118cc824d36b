/** `control substitution on`: `$name`, `${name}`, `${name:default}`, `\$` in SQL. */
const REFERENCE = /\\([$\\])|\$\{(\w+)(?::([^}]*))?\}|\$(\w+)/g

export class SubstitutionError extends Error {}

export function substitute(sql: string, variables: ReadonlyMap<string, string>): string {
  return sql.replace(REFERENCE, (_whole, escaped, braced, preset, bare) => {
    if (escaped !== undefined) return escaped
    const name: string = braced ?? bare
    const value = variables.get(name) ?? preset
    if (value === undefined) throw new SubstitutionError(`there is no variable $${name}`)
    return value
  })
}
