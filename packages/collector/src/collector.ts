// collector.ts: puts log, store and server together, and takes them apart again.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Config } from './config.ts'
import { createAccepted, mostBatches } from './ingest/accepted.ts'
import { decodePlain, plainBody } from './ingest/decode-body.ts'
import { createRoom } from './ingest/room.ts'
import { openLog } from './log/log.ts'
import type { LogRecord } from './log/record.ts'
import { createMetrics } from './metrics.ts'
import { createServer } from './server.ts'
import { createApplier, type Entry } from './store/applier.ts'
import type { Store } from './store/store.ts'
import { openWorkerStore } from './store/worker-store.ts'

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

type Warn = (message: string) => void

/** How often what is too old is looked for, in ms. */
const tidyMs = 60_000

/** How long requests that have begun may go on when the collector stops, in ms. */
const requestPatience = 5_000

/** A body in the log was accepted, by the limits of its time: this one only keeps the memory. */
const mostReplayed = 2 ** 29

/** Rows that are replayed before the store is waited for. */
const replayAhead = 100_000

const urlOf = (host: string, { port }: AddressInfo) => {
  const everywhere = host == '0.0.0.0' || host == '::'
  return `http://${everywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${port}`
}

const openStore = (
  { data, memory, threads, retention }: Config,
  script: URL,
  warn: Warn,
): Promise<Store> => {
  try {
    // what people do is in there: for nobody else's eyes
    mkdirSync(data, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new Error(`--data: ${data} cannot be made: ${(error as Error).message}`, { cause: error })
  }
  const options = { folder: join(data, 'store'), memory, threads, retention }
  return openWorkerStore(script, options, (error) => {
    // without its store a collector would take spans until its memory is full
    warn(`store: ${error.message}`)
    process.exit(1)
  }).catch(({ message }: Error) => {
    const taken = message.includes('Could not set lock')
    throw new Error(
      `--data: ${data} ${taken ? 'is in use by another collector' : `cannot be used: ${message}`}`,
    )
  })
}

const listen = async (app: FastifyInstance, { host, port }: Config) => {
  try {
    await app.listen({ host, port })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const because: Record<string, string> = {
      EADDRINUSE: `--port: ${port} on ${host} is taken; name another, or 0 for any free one`,
      EACCES: `--port: ${port} on ${host} is not for this user to take`,
      EADDRNOTAVAIL: `--host: ${host} is no address of this machine`,
      ENOTFOUND: `--host: ${host} is no address of this machine`,
    }
    throw new Error(because[code ?? ''] ?? message, { cause: error })
  }
}

// Node keeps a connection that was busy when closing began until it has idled for long.
const closeServer = async (app: FastifyInstance) => {
  const sweep = setInterval(() => app.server.closeIdleConnections(), 50)
  const limit = setTimeout(() => app.server.closeAllConnections(), requestPatience)
  await app.close()
  clearInterval(sweep)
  clearTimeout(limit)
}

// The way of spans from the log into the store, and what is told on it.
const createPath = async (config: Config, store: Store, warn: Warn) => {
  const room = createRoom(config.maxWaiting)
  const metrics = createMetrics({
    spans: () => applier.waiting(),
    used: room.used,
    room: config.maxWaiting,
  })
  const log = await openLog(join(config.data, 'log'), {
    warn: (message) => warn(`log: ${message}`),
    written: (seconds) => metrics.logSeconds.observe(seconds),
  })
  const applier = createApplier({
    store,
    onApplied: async (entries, seconds) => {
      const sum = (of: (entry: Entry) => number) =>
        entries.reduce((all, entry) => all + of(entry), 0)
      metrics.stored.inc(sum(({ rows }) => rows.length))
      metrics.storeSeconds.observe(seconds)
      room.free(sum(({ weight }) => weight))
      await log.applied(entries.at(-1)!.seq).catch(({ message }: Error) => warn(`log: ${message}`))
    },
    onError: ({ message }) => {
      metrics.storeErrors.inc()
      warn(`store: ${message}`)
    },
    onPoison: ({ seq }, { message }) => {
      log.keep(seq)
      metrics.aside.inc()
      warn(`store: record ${seq} cannot be stored, and is kept aside: ${message}`)
    },
  })
  const accepted = createAccepted(await store.batches(mostBatches))
  return { room, metrics, log, applier, accepted }
}

type Path = Awaited<ReturnType<typeof createPath>>

// Brings back what a crash kept from the store. A record that cannot be read any more is set aside.
const replay = ({ log, applier, metrics, accepted }: Path, warn: Warn) =>
  log.replay(async ({ seq, kind, body }: LogRecord) => {
    try {
      const plain = await plainBody(body, mostReplayed)
      // the log does not say when it came; that it has come by now is true, if less exact
      const decoded = decodePlain(kind, plain, { received: Date.now(), accepted: true })
      const { rows } = decoded
      applier.add({ seq, rows, weight: 0, note: accepted(decoded, plain).note })
      metrics.replayed.inc(rows.length)
    } catch (error) {
      log.keep(seq)
      metrics.aside.inc()
      warn(`log: record ${seq} cannot be read, and is kept aside: ${(error as Error).message}`)
    }
    if (applier.waiting() > replayAhead) await applier.drained()
  })

/**
 * Starts a collector: opens the store, listens, and replays what the log still holds; takes spans then.
 * @throws where the data folder or the port cannot be used, in words that name the option.
 */
export const startCollector = async (
  config: Config,
  { storeWorker, viewer }: Places,
  warn: Warn,
): Promise<Collector> => {
  let closed: string | undefined = 'starting'
  const store = await openStore(config, storeWorker, warn)
  const path = await createPath(config, store, warn)
  const { room, metrics, log, applier, accepted } = path
  const app = await createServer({
    config,
    metrics,
    store,
    room,
    viewer,
    append: log.append,
    accepted,
    add: applier.add,
    closed: () => closed,
    logError: (error) => warn(error.stack ?? error.message),
  })
  const tidy = () =>
    store
      .tidy(Date.now() - config.retention)
      .catch(({ message }: Error) => warn(`store: ${message}`))
  const tidying = setInterval(tidy, tidyMs)
  const abandon = () =>
    store.abandon(Date.now() - config.abandon).then(
      (count) => metrics.abandoned.inc(count),
      ({ message }: Error) => warn(`store: ${message}`),
    )
  const abandoning = setInterval(
    // what comes while the log is replayed may be the end of what was open
    () => closed || void abandon(),
    Math.min(tidyMs, config.abandon / 4),
  )
  const stop = async () => {
    closed = 'stopping'
    clearInterval(tidying)
    clearInterval(abandoning)
    await closeServer(app)
    await log.flush()
    await applier.drained()
    await log.close()
    await store.close()
  }
  try {
    await listen(app, config)
    await replay(path, warn)
    await applier.drained()
    await tidy()
  } catch (error) {
    await stop()
    throw error
  }
  closed = undefined
  return { url: urlOf(config.host, app.server.address() as AddressInfo), stop }
}
