// store-worker.ts: the worker thread that the store lives in; answers one message per call.

import { parentPort, workerData } from 'node:worker_threads'
import type { BatchNote } from '../batch-note.ts'
import { openDuckDB, type DuckDBOptions } from './duckdb.ts'
import { isRefusal, type Refusal } from '../refusal.ts'
import { unpackRows, type PackedRows } from './pack-rows.ts'
import type { Store } from './store.ts'

/** A call to the store. `args` must survive structured cloning. */
export interface Call {
  id: number
  method: keyof Store
  args: unknown[]
}

/** Its answer; `id` 0 says whether the store is open. */
export interface Answer {
  id: number
  result?: unknown
  error?: Failure
}

/** An error as plain data; of a refusal all that makes it one. */
type Failure = Pick<Error, 'message'> & Partial<Refusal>

const failureOf = (error: unknown): Failure => {
  if (!isRefusal(error)) return { message: String((error as Error).message) }
  const { name, message, status, field, reason, limit } = error
  return { name, message, status, field, reason, limit }
}

const answer = async (id: number, work: () => Promise<unknown>) => {
  try {
    parentPort!.postMessage({ id, result: await work() } satisfies Answer)
  } catch (error) {
    parentPort!.postMessage({ id, error: failureOf(error) } satisfies Answer)
  }
}

const opening = openDuckDB(workerData as DuckDBOptions)
parentPort!.on('message', ({ id, method, args }: Call) => {
  void answer(id, async () => {
    const store = await opening
    if (method == 'write')
      return store.write(unpackRows(args[0] as PackedRows), args[1] as BatchNote[])
    return (store[method] as (...args: unknown[]) => Promise<unknown>)(...args)
  })
})
void answer(0, async () => void (await opening))
