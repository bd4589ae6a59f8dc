// servers.ts: an origin that says what it was asked, and a collector that says what it was sent.

import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { readBatch, type ReceivedBatch, type ReceivedSpan } from '../../../../test/kit/received.ts'

/** A request as it came in. */
export interface Seen {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: Buffer
  /** When it had come in whole, in ms since the epoch. */
  at: number
}

/** A server that keeps what it is asked. */
export interface Recorder {
  url: string
  seen: Seen[]
  /** Requests that have no answer yet. */
  open: () => number
  /** How many there have been of these at once. */
  mostOpen: () => number
  close: () => Promise<void>
}

type Answer = (seen: Seen, response: ServerResponse) => unknown

/** Opens a server on loopback that keeps each request, then answers it. */
export const openRecorder = async (answer: Answer): Promise<Recorder> => {
  const seen: Seen[] = []
  let open = 0
  let mostOpen = 0
  const server: Server = createServer((request, response) => {
    mostOpen = Math.max(mostOpen, ++open)
    response.on('close', () => open--)
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('error', () => {})
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const it = { method, path: url, headers, body: Buffer.concat(parts), at: Date.now() }
      seen.push(it)
      answer(it, response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    open: () => open,
    mostOpen: () => mostOpen,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Asks until there is an answer; a few turns of the event loop, at most 10 s. */
export const until = async <Result>(
  what: string,
  ask: () => Result | undefined | false | null,
  saying: () => unknown = () => '',
): Promise<Result> => {
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    const result = ask()
    if (result) return result
    await new Promise((later) => setTimeout(later, 5))
  }
  throw new Error(`10 s passed without ${what}: ${JSON.stringify(saying())}`)
}

/** An origin with a gate: `/gate` is answered when the test opens it. */
export interface Origin extends Recorder {
  openGate: () => void
}

/** Opens the origin of the story. */
export const openOrigin = async (): Promise<Origin> => {
  const atGate = new Set<ServerResponse>()
  const recorder = await openRecorder(({ method, path, headers, body }, response) => {
    if (path == '/gate') return void atGate.add(response)
    if (path == '/hang') return
    if (path == '/reset') return response.destroy()
    response.setHeader('x-origin', 'yes')
    response.setHeader(
      'server-timing',
      'db;dur=3, trace;desc=00-' + '3'.repeat(32) + '-' + '4'.repeat(16) + '-01',
    )
    if (path.startsWith('/proxy/stream')) {
      response.write('first ')
      return void atGate.add(response)
    }
    if (path == '/proxy/gzip') {
      const text = gzipSync('compressed')
      response.setHeader('content-encoding', 'gzip')
      return response.setHeader('content-length', text.length).end(text)
    }
    const { status = '200' } = Object.fromEntries(new URL(path, 'http://x').searchParams)
    response.statusCode = +status
    response.end(
      /^(204|304)$/.test(status)
        ? undefined
        : JSON.stringify({ method, path, headers, body: body.toString() }),
    )
  })
  return {
    ...recorder,
    openGate: () => {
      for (const response of atGate) response.end('second')
      atGate.clear()
    },
  }
}

/** How the collector behaves. */
export type Mood = 'well' | 'hung' | 'busy' | 'ill'

/** A collector that keeps what it gets. */
export interface Collector extends Recorder {
  mood: (mood: Mood) => void
  batches: () => ReceivedBatch[]
  spans: () => ReceivedSpan[]
  /** The spans of a trace once there are so many. */
  trace: (traceId: string, atLeast?: number) => Promise<ReceivedSpan[]>
}

/** Opens a collector. */
export const openCollector = async (): Promise<Collector> => {
  let mood: Mood = 'well'
  const batches: ReceivedBatch[] = []
  const recorder = await openRecorder(({ path, headers, body }, response) => {
    if (mood == 'hung') return
    try {
      batches.push(readBatch(path, headers, body))
    } catch {
      // what cannot be read is in `seen`
    }
    response.statusCode = mood == 'busy' ? 503 : mood == 'ill' ? 400 : 200
    if (mood == 'busy') response.setHeader('retry-after', '1')
    response.setHeader('content-type', 'application/json')
    response.end('{}')
  })
  const spans = () => batches.flatMap((it) => it.spans)
  return {
    ...recorder,
    mood: (it) => {
      mood = it
    },
    batches: () => batches,
    spans,
    trace: (traceId, atLeast = 1) => {
      const found = () => spans().filter((span) => span.traceId == traceId)
      return until(
        `${atLeast} spans of trace ${traceId}`,
        () => found().length >= atLeast && found(),
        () => found().map(({ name, kind }) => [name, kind]),
      )
    },
  }
}
