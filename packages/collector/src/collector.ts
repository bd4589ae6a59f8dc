// collector.ts: puts log, store and server together, and takes them apart again.

import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import type { Config } from './config.ts'
import { decodePlain, plainBody } from './ingest/decode-body.ts'
import { openLog } from './log/log.ts'
import type { LogRecord } from './log/record.ts'
import { createMetrics } from './metrics.ts'
import { createServer } from './server.ts'
import { createApplier } from './store/applier.ts'
import { openWorkerStore } from './store/worker-store.ts'

/** Accepted spans that may wait for the store before senders are asked to come back later. */
const mostWaitingRows = 400_000

/** Bytes that may wait for the disk before the same. */
const mostWaitingBytes = 64 * 2 ** 20

/** A running collector. */
export interface Collector {
  /** `http://host:port`, with the port it really got. */
  url: string
  /** Stops taking, finishes what was taken, and closes. */
  stop: () => Promise<void>
}

/** Where the parts that are files of their own lie. */
export interface Places {
  storeWorker: URL
  viewer: string
}

const addressOf = (host: string, { port }: AddressInfo) =>
  `http://${host == '0.0.0.0' || host == '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${port}`

/**
 * Starts a collector: opens the store, replays what the log still holds, and listens.
 * @throws where the data folder is in use, or the port is.
 */
export const startCollector = async (
  config: Config,
  { storeWorker, viewer }: Places,
  warn: (message: string) => void,
): Promise<Collector> => {
  let ready = false
  const store = await openWorkerStore(
    storeWorker,
    { folder: join(config.data, 'store'), memory: config.memory, threads: config.threads },
    (error) => {
      // without its store a collector would take spans until its memory is full
      warn(error.message)
      process.exit(1)
    },
  )
  const metrics = createMetrics({
    rows: () => applier.waiting(),
    bytes: () => log.waiting(),
  })
  const applier = createApplier(
    store,
    (seq, rows, seconds) => {
      metrics.stored.inc(rows)
      metrics.storeSeconds.observe(seconds)
      log.applied(seq).catch((error: Error) => warn('log: ' + error.message))
    },
    (error) => {
      metrics.storeErrors.inc()
      warn('store: ' + error.message)
    },
  )
  const replay = async ({ seq, kind, body }: LogRecord) => {
    const { rows } = decodePlain(kind, await plainBody(body, config.maxDecoded))
    applier.add(seq, rows)
    if (applier.waiting() > mostWaitingRows) await applier.drained()
  }
  const log = await openLog(join(config.data, 'log'), replay, warn, (seconds) =>
    metrics.logSeconds.observe(seconds),
  )
  await applier.drained()

  const app = await createServer({
    config,
    metrics,
    store,
    viewer,
    append: log.append,
    add: applier.add,
    full: () => applier.waiting() > mostWaitingRows || log.waiting() > mostWaitingBytes,
    ready: () => ready,
    logError: (error) => warn(error.stack ?? error.message),
  })
  const stop = async () => {
    ready = false
    await app.close()
    await log.close()
    await applier.drained()
    await store.close()
  }
  try {
    await app.listen({ host: config.host, port: config.port })
  } catch (error) {
    await stop()
    throw error
  }
  ready = true
  return { url: addressOf(config.host, app.server.address() as AddressInfo), stop }
}
