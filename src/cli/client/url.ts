/** Where and as whom to connect: postgresql://user:password@host:port/database */
export interface ConnectTarget {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string | null
  readonly database: string
}

export function parseUrl(text: string): ConnectTarget {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new Error(`"${text}" is no postgresql:// URL`)
  }
  if (url.protocol !== 'postgresql:' && url.protocol !== 'postgres:') {
    throw new Error(`"${text}" is no postgresql:// URL`)
  }
  const user = decodeURIComponent(url.username) || 'millrace'
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1',
    port: url.port === '' ? 5432 : Number(url.port),
    user,
    password: url.password === '' ? null : decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || user,
  }
}
