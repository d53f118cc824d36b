import type { Session } from '../session/contract.ts'
import * as message from './backend.ts'
import type { ConnectionHost } from './connection-host.ts'
import type { Input } from './input.ts'
import type { Output } from './output.ts'
import { protocolViolation } from './protocol-error.ts'
import { PROTOCOL_NEWEST, readStartup, type StartupRequest } from './startup.ts'

/**
 * From the first byte to the first ReadyForQuery. Null when the connection was only a cancel request or went away.
 * Throws SqlError; every error here ends the connection.
 */
export async function handshake(input: Input, output: Output, host: ConnectionHost): Promise<Session | null> {
  const request = await startupRequest(input, output, host)
  if (request === null) return null
  const session = host.open(request)
  const { writer } = output
  if (request.negotiate !== null) {
    message.writeNegotiateProtocolVersion(writer, PROTOCOL_NEWEST, request.negotiate.unknownOptions)
  }
  message.writeAuthenticationOk(writer)
  for (const [name, value] of session.reportedSettings()) message.writeParameterStatus(writer, name, value)
  message.writeBackendKeyData(writer, session.backendPid, session.secretKey)
  message.writeReadyForQuery(writer, session.transactionStatus)
  output.flush()
  return session
}

async function startupRequest(input: Input, output: Output, host: ConnectionHost): Promise<StartupRequest | null> {
  const refused = new Set<'ssl' | 'gssenc'>()
  for (;;) {
    const bytes = await input.startupPacket()
    if (bytes === null) return null
    const packet = readStartup(bytes)
    switch (packet.kind) {
      case 'startup':
        return packet
      case 'cancel':
        host.cancel(packet.pid, packet.secretKey)
        return null
      case 'ssl':
      case 'gssenc':
        if (refused.has(packet.kind)) throw protocolViolation('encryption was already refused')
        // Bytes that were sent before our answer cannot have been meant for an encrypted connection.
        if (input.buffered > 0) throw protocolViolation('received unencrypted data after an encryption request')
        refused.add(packet.kind)
        output.writer.byte(0x4e)
        output.flush()
    }
  }
}
