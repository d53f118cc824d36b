import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { assert } from '../../base/assert.ts'
import { systemRuntime } from '../../base/runtime.ts'
import { BlockError } from '../block.ts'
import { compactStructure } from '../compaction.ts'
import { QueuedStore } from '../queued-store.ts'
import { StoreFailure } from '../store.ts'
import { LmdbCore } from './core.ts'
import { packEntries, type StoreRequest, type StoreResponse, unpackOps } from './messages.ts'

/** The storage thread: the only writer of LMDB. Everything that waits in its port when it wakes shares one sync. */
assert(parentPort !== null, 'the storage thread is started by a store')
const port: MessagePort = parentPort
const store = new QueuedStore(
  new LmdbCore((workerData as { directory: string }).directory),
  systemRuntime,
  queueMicrotask,
)

port.on('message', (first: StoreRequest) => {
  for (let request: StoreRequest | undefined = first; request !== undefined; ) {
    void answer(request)
    request = (receiveMessageOnPort(port) as { message: StoreRequest } | undefined)?.message
  }
})

async function answer(request: StoreRequest): Promise<void> {
  const { id } = request
  try {
    await perform(request)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const noRoomFor = error instanceof StoreFailure ? error.noRoomFor : null
    const block = error instanceof BlockError
    port.postMessage({ id, ok: false, message, block, noRoomFor } satisfies StoreResponse)
  }
}

async function perform(request: StoreRequest): Promise<void> {
  const { id, kind } = request
  switch (kind) {
    case 'commit':
      await store.commit(unpackOps(request.ops))
      return reply({ id, ok: true })
    case 'background':
      await store.writeInBackground(unpackOps(request.ops))
      return reply({ id, ok: true })
    case 'get': {
      const value = await store.get(request.db, request.key)
      return reply(value === undefined ? { id, ok: true } : { id, ok: true, value: new Uint8Array(value) })
    }
    case 'page': {
      const value = packEntries(store.page(request.db, request.from, request.to))
      return reply({ id, ok: true, value }, [value.buffer])
    }
    case 'size':
      return reply({ id, ok: true, value: await store.sizeBytes() })
    case 'compact':
      return reply({ id, ok: true, value: await compactStructure(store, request.request) })
    case 'close':
      await store.close()
      reply({ id, ok: true })
      port.close()
  }
}

function reply(response: StoreResponse, transfer: ArrayBuffer[] = []): void {
  port.postMessage(response, transfer)
}
