// worker-store.ts: a store in a worker thread, as seen from the thread that serves requests.

import { Worker } from 'node:worker_threads'
import type { DuckDBOptions } from './duckdb.ts'
import { packRows } from './pack-rows.ts'
import type { Answer, Call } from './store-worker.ts'
import type { Store } from './store.ts'

/**
 * Opens the store in a thread of its own. `script` is the built store-worker.
 * @throws where the store cannot be opened, with DuckDB's own words.
 */
export const openWorkerStore = async (
  script: URL,
  options: DuckDBOptions,
  onCrash: (error: Error) => void,
): Promise<Store> => {
  const worker = new Worker(script, { workerData: options })
  const calls = new Map<number, { done: (result: never) => void; fail: (error: Error) => void }>()
  let next = 1
  let running = false

  const failAll = (error: Error) => {
    calls.forEach(({ fail }) => fail(error))
    calls.clear()
    if (running) onCrash(error)
  }
  const opened = new Promise<void>((done, fail) => calls.set(0, { done, fail }))
  worker.on('message', ({ id, result, error }: Answer) => {
    const call = calls.get(id)
    calls.delete(id)
    if (error === undefined) call?.done(result as never)
    else call?.fail(Object.assign(new Error(error.message), error))
  })
  worker.on('error', failAll)
  worker.on('exit', (code) => {
    if (calls.size || running) failAll(new Error(`the store's thread ended with code ${code}`))
  })

  const call = <Result>(method: keyof Store, ...args: unknown[]) =>
    new Promise<Result>((done, fail) => {
      calls.set(next, { done, fail })
      worker.postMessage({ id: next++, method, args } satisfies Call)
    })
  try {
    await opened
    running = true
  } catch (error) {
    await worker.terminate()
    throw error
  }
  return {
    write: (rows, notes) => call('write', packRows(rows), notes),
    batches: (limit) => call('batches', limit),
    probe: () => call('probe'),
    abandon: (before) => call('abandon', before),
    tidy: (oldest) => call('tidy', oldest),
    services: (window) => call('services', window),
    search: (search) => call('search', search),
    trace: (traceId) => call('trace', traceId),
    routes: (search) => call('routes', search),
    close: async () => {
      running = false
      await call('close')
      await worker.terminate()
    },
  }
}
