/**
 * Where machines are really to be found: `kafka:9092=127.0.0.1:19092` sends every connection to kafka:9092 there, whether
 * the address was written in SQL or advertised by a broker. Plain data, so that it goes to ingest threads as it is. The
 * name of the machine stays the one that its certificate must show.
 */
export interface Rewrite {
  /** `host:port`, lower case. */
  readonly from: string
  readonly host: string
  readonly port: number
}

export interface Place {
  readonly host: string
  readonly port: number
}

const ADDRESS = /^(?:\[([^[\]=]+)\]|([^[\]:=,\s]+)):(\d{1,5})$/

/** `HOST:PORT=ADDRESS:PORT`, several separated by commas. Throws an Error that quotes the one that is wrong. */
export function parseResolve(text: string): readonly Rewrite[] {
  const rewrites: Rewrite[] = []
  for (const part of text.split(',').map((each) => each.trim())) {
    if (part === '') continue
    const [from, to, ...more] = part.split('=').map(placeOf)
    if (!from || !to || more.length > 0) throw new Error(`"${part}" is not of the form HOST:PORT=ADDRESS:PORT`)
    const key = keyOf(from.host, from.port)
    if (rewrites.some((each) => each.from === key)) throw new Error(`"${key}" is resolved twice`)
    rewrites.push({ from: key, ...to })
  }
  return rewrites
}

/** The address to connect to. */
export function resolvePlace(rewrites: readonly Rewrite[], host: string, port: number): Place {
  if (rewrites.length === 0) return { host, port }
  const key = keyOf(host, port)
  return rewrites.find((each) => each.from === key) ?? { host, port }
}

/** ` (127.0.0.1:19092)` where an address was rewritten: for messages that say where a connection failed. */
export function resolvedNote(rewrites: readonly Rewrite[], host: string, port: number): string {
  const to = resolvePlace(rewrites, host, port)
  return to.host === host && to.port === port ? '' : ` (${keyOf(to.host, to.port)})`
}

function placeOf(text: string): Place | null {
  const match = ADDRESS.exec(text.trim())
  const port = Number(match?.[3])
  return match === null || port < 1 || port > 65535 ? null : { host: (match[1] ?? match[2])!, port }
}

function keyOf(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`.toLowerCase()
}
