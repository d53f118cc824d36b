/** kafkajs sets timers with delays below zero, of which Node 24 warns; the delay is then 1 ms, as it means. */
const emit = process.emitWarning.bind(process)
process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
  const name = typeof warning === 'string' ? rest[0] : warning.name
  if (name !== 'TimeoutNegativeWarning') emit(warning as string, ...(rest as []))
}) as typeof process.emitWarning

export {}
