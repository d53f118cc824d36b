import { isMainThread } from 'node:worker_threads'

/**
 * Loaded into a server process beside its own code (`--expose-gc --import`): answers every message of the parent process
 * with the bytes that are still in use after a garbage collection.
 */
declare const gc: () => void

if (isMainThread && process.send !== undefined) {
  process.on('message', async () => {
    // Finalisers free external memory in later turns.
    for (let round = 0; round < 3; round++) {
      gc()
      await new Promise((resolve) => setImmediate(resolve))
    }
    const { heapUsed, external } = process.memoryUsage()
    process.send!({ heapUsed, external })
  })
  // The channel alone must not keep a server alive that was told to stop.
  process.channel?.unref()
}
