import type { Row } from '../../types/value.ts'

/** Rows, or their absence, as they are stored: not as SQL compares values. */
export function sameRow(a: Row | null, b: Row | null): boolean {
  if (a === null || b === null) return a === b
  return a === b || rowText(a) === rowText(b)
}

export function rowText(row: Row): string {
  return JSON.stringify(row, (_, v) =>
    typeof v === 'bigint'
      ? `${v}n`
      : Object.is(v, -0)
        ? '-0'
        : typeof v === 'number' && !Number.isFinite(v)
          ? String(v)
          : v,
  )
}
