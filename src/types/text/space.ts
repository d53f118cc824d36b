/** White space as PostgreSQL's input functions have it: ASCII only. */
export const isSpace = (c: string | undefined): boolean => c !== undefined && /[ \t\n\r\v\f]/.test(c)
