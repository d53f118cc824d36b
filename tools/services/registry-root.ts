/** The registry's REST interface at the root of a port, where Confluent's own has it; Apicurio's begins at a longer path. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RegistryService } from './registry.ts'

export interface RegistryRoot {
  readonly port: number
  close(): Promise<void>
}

export async function registryAtRoot(registry: RegistryService): Promise<RegistryRoot> {
  const server = createServer((request, response) => {
    fetch(`${registry.url}${request.url}`).then(
      async (answer) => {
        response.writeHead(answer.status, { 'Content-Type': 'application/json' })
        response.end(await answer.text())
      },
      (error) => response.writeHead(502).end(String(error)),
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
}
