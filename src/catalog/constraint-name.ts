/** Longest name of an object, in bytes: PostgreSQL's NAMEDATALEN without its end. */
const NAME_BYTES_MAX = 63

/**
 * The name that PostgreSQL gives what nobody named: `table_column_suffix`, with a number behind it while that is taken.
 * The longer of table and column is cut where it becomes too long.
 */
export function chosenName(
  table: string,
  column: string | null,
  suffix: string,
  taken: (name: string) => boolean,
): string {
  for (let n = 0; ; n++) {
    const name = joined(table, column, n === 0 ? suffix : `${suffix}${n}`)
    if (!taken(name)) return name
  }
}

function joined(table: string, column: string | null, suffix: string): string {
  let [first, second] = [table, column ?? '']
  const room = NAME_BYTES_MAX - suffix.length - 1 - (column === null ? 0 : 1)
  while (Buffer.byteLength(first) + Buffer.byteLength(second) > room) {
    if (Buffer.byteLength(first) > Buffer.byteLength(second)) first = [...first].slice(0, -1).join('')
    else second = [...second].slice(0, -1).join('')
  }
  return [first, ...(column === null ? [] : [second]), suffix].join('_')
}
