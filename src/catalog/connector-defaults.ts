const ADDRESS = /^(?:\[[^[\]=]+\]|[^[\]:=,\s]+):\d{1,5}$/

/** What sources take from the server where they say nothing themselves, by option name. */
export const CONNECTOR_DEFAULTS = ['kafka.brokers'] as const

/** `kafka.brokers=HOST:PORT`. Throws an Error that quotes what is wrong. */
export function parseConnectorDefaults(text: string): ReadonlyMap<string, string> {
  const defaults = new Map<string, string>()
  for (const part of text.split(/,(?=[\w.]+=)/).map((each) => each.trim())) {
    if (part === '') continue
    const at = part.indexOf('=')
    const [name, value] = [part.slice(0, Math.max(at, 0)), part.slice(at + 1)]
    if (at < 1 || value === '') throw new Error(`"${part}" is not of the form NAME=VALUE`)
    if (!(CONNECTOR_DEFAULTS as readonly string[]).includes(name)) {
      throw new Error(`there is no connector default "${name}"; there is ${CONNECTOR_DEFAULTS.join(', ')}`)
    }
    if (!value.split(',').every((address) => ADDRESS.test(address.trim()))) {
      throw new Error(`"${value}" is not a list of addresses HOST:PORT`)
    }
    defaults.set(name, value)
  }
  return defaults
}

/** Where Kafka is looked for when neither the source nor the server says. */
export const KAFKA_BROKERS_DEFAULT = 'localhost:9092'
