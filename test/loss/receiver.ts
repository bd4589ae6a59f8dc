// receiver.ts: a site and a receiver whose behaviour a test decides, batch by batch.

import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readBatch, type ReceivedSpan } from '../kit/received.ts'

/**
 * What the receiver does with a batch. `deaf`: takes it, and drops the connection without a word;
 * `silent`: takes it, and never answers; `stall`: neither.
 */
export type Behaviour =
  | { kind: 'ok'; answer?: object }
  | { kind: 'status'; status: number; headers?: Record<string, string> }
  | { kind: 'stall' | 'reset' | 'deaf' | 'silent' }

/** One request that held spans. */
export interface Delivery {
  at: number
  bytes: number
  gzip: boolean
  spans: ReceivedSpan[]
}

/** A site on a free port. */
export interface Receiver {
  /** `http://127.0.0.1:port`; as `localhost` it is another site. */
  origin: string
  elsewhere: string
  /** What happens to batches from now on. */
  behave: (next: (spans: readonly ReceivedSpan[]) => Behaviour) => void
  /** Requests that were taken. */
  taken: Delivery[]
  /** When each request came, taken or not, in ms. */
  requests: number[]
  /** All that arrived, duplicates too. */
  spans: () => ReceivedSpan[]
  /** Whether `enough` came true within `ms`. */
  within: (ms: number, enough: (spans: ReceivedSpan[]) => boolean) => Promise<boolean>
  /**
   * Forgets what came, and hangs up on whoever still waits for an answer: a browser that has six requests
   * open, also of pages that are long gone, sends no other.
   */
  reset: () => void
  close: () => Promise<void>
}

const page = `<!doctype html><meta charset="utf-8"><title>Page</title><script src="/lightspan.js"></script><p>page`

const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }

const bodyOf = async (request: IncomingMessage) => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

/** Starts it. The caller closes it. */
export const startReceiver = async (): Promise<Receiver> => {
  const script = readFileSync(new URL('../../dist/lightspan.js', import.meta.url))
  const taken: Delivery[] = []
  const requests: number[] = []
  const waiting = new Set<() => void>()
  const unanswered = new Set<ServerResponse>()
  let behaviour: (spans: readonly ReceivedSpan[]) => Behaviour = () => ({ kind: 'ok' })
  const spans = () => taken.flatMap((each) => each.spans)

  const ingest = async (path: string, request: IncomingMessage, response: ServerResponse) => {
    unanswered.add(response)
    response.once('close', () => unanswered.delete(response))
    requests.push(performance.now())
    const body = await bodyOf(request)
    const batch = readBatch(path, request.headers, body)
    const it = behaviour(batch.spans)
    if (it.kind == 'stall') return
    if (it.kind == 'reset') return void response.destroy()
    if (it.kind == 'status')
      return void response.writeHead(it.status, { ...cors, ...it.headers }).end('no')
    const { bytes, gzip } = batch
    taken.push({ at: performance.now(), bytes, gzip, spans: batch.spans })
    if (it.kind == 'deaf') response.destroy()
    else if (it.kind == 'ok') response.writeHead(200, cors).end(JSON.stringify(it.answer ?? {}))
    waiting.forEach((check) => check())
  }
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site')
    if (pathname.startsWith('/api/hang')) return
    if (request.method == 'POST') return ingest(pathname, request, response)
    const script_ = pathname == '/lightspan.js'
    response.writeHead(200, {
      ...cors,
      'content-type': script_ ? 'text/javascript' : 'text/html',
      'cache-control': script_ ? 'max-age=600' : 'no-cache',
    })
    response.end(script_ ? script : pathname.startsWith('/api/') ? '{}' : page)
  }
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy()) // the page took its request along
  })
  await new Promise<void>((ready) => server.listen(0, () => ready()))
  const { port } = server.address() as AddressInfo

  return {
    origin: `http://127.0.0.1:${port}`,
    elsewhere: `http://localhost:${port}`,
    behave: (next) => {
      behaviour = next
    },
    taken,
    requests,
    spans,
    within: (ms, enough) =>
      new Promise((resolve) => {
        const end = (result: boolean) => {
          clearTimeout(timer)
          waiting.delete(check)
          resolve(result)
        }
        const check = () => enough(spans()) && end(true)
        const timer = setTimeout(() => end(enough(spans())), ms)
        waiting.add(check)
        check()
      }),
    reset: () => {
      for (const response of unanswered) response.destroy()
      requests.length = taken.length = 0
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
