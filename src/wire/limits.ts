/** Every bound of the protocol server, named. Lengths are checked against these before a byte is allocated. */
export const WIRE_LIMITS = {
  /** PostgreSQL's own bound on a startup packet. */
  startupBytesMax: 10_000,
  /** Messages that carry a name or nothing. */
  smallMessageBytesMax: 10_000,
  /** Query, Parse, Bind, CopyData. */
  messageBytesMax: 256 * 1024 * 1024,
  /** Unread input above which the socket is paused while a statement runs. */
  inputBufferBytesMax: 1024 * 1024,
  /** Output is handed to the socket in pieces from this size on. */
  outputPieceBytes: 64 * 1024,
  connectionsMax: 100,
  startupTimeoutMs: 10_000,
} as const
