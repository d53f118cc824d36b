import { connect, createServer } from 'node:net'

/** A port on loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** `count` free ports in a row, the first of which is given. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = await freePort()
    const rest = Array.from({ length: count - 1 }, (_, i) => first + 1 + i)
    const taken = await Promise.all(rest.map(portOpen))
    if (first + count < 65536 && !taken.includes(true)) return first
  }
}

export function portOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    const end = (open: boolean): void => {
      socket.destroy()
      resolve(open)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
