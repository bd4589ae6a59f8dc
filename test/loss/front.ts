// front.ts: a site in front of a real collector, that lets a page wait for its answer.

import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readBatch } from '../kit/received.ts'

/** One batch that the collector has taken. */
export interface Delivered {
  bytes: number
  gzip: boolean
  /** The names of its spans. */
  names: string[]
}

/** A site on a free port. */
export interface Front {
  origin: string
  delivered: Delivered[]
  /** Batches that have come, delivered or not. */
  came: () => number
  /** Batches go on to the collector, whose answers wait for `release`. */
  stall: () => void
  /** The next batch stays here until `release`, and goes nowhere should its sender have hung up by then. */
  hold: () => void
  release: () => void
  /** Resolves when `enough` says so of what was delivered; rejects after 10 s. */
  until: (enough: (delivered: readonly Delivered[]) => boolean) => Promise<void>
  close: () => Promise<void>
}

const page = `<!doctype html><meta charset="utf-8"><title>Page</title>
<script>errors = []; kept = {}; addEventListener('error', (it) => errors.push(it.message))
addEventListener('unhandledrejection', (it) => errors.push(String(it.reason)))</script>
<script src="/lightspan.js"></script><p>page`

const bodyOf = async (request: IncomingMessage) => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

/** Starts it before the collector at `target`. The caller closes it. */
export const startFront = async (target: string): Promise<Front> => {
  const script = readFileSync(new URL('../../dist/lightspan.js', import.meta.url))
  const delivered: Delivered[] = []
  const waiting = new Set<() => void>()
  let came = 0
  let stalled = false
  let holds = false
  const held: (() => void)[] = []
  const released = () => new Promise<void>((go) => held.push(go))
  const tell = () => waiting.forEach((check) => check())

  const ingest = async (path: string, request: IncomingMessage, response: ServerResponse) => {
    const body = await bodyOf(request)
    let gone = false
    response.once('close', () => (gone = true))
    came++
    if (holds) {
      holds = false
      tell()
      await released()
      if (gone) return
    }
    const answer = await fetch(target + path, { method: 'POST', body: new Uint8Array(body) })
    const text = await answer.text()
    const { bytes, gzip, spans } = readBatch(path, request.headers, body)
    delivered.push({ bytes, gzip, names: spans.map(({ name }) => name) })
    tell()
    if (stalled) await released()
    response.writeHead(answer.status).end(text)
  }
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site')
    if (request.method == 'POST') return ingest(pathname, request, response)
    const isScript = pathname == '/lightspan.js'
    response.writeHead(200, {
      'content-type': isScript ? 'text/javascript' : 'text/html',
      'cache-control': 'no-cache',
    })
    response.end(isScript ? script : page)
  }
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy()) // the page took its request along
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', () => ready()))

  const release = () => {
    stalled = holds = false
    held.splice(0).forEach((go) => go())
  }
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    delivered,
    came: () => came,
    stall: () => void (stalled = true),
    hold: () => void (holds = true),
    release,
    until: (enough) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) => {
          clearTimeout(timer)
          waiting.delete(check)
          if (error) reject(error)
          else resolve()
        }
        const check = () => enough(delivered) && end()
        const timer = setTimeout(() => {
          const said = delivered.map(({ bytes, names }) => `${names.length} spans in ${bytes} B`)
          end(new Error(`10 s passed; what came: ${said.join(', ') || 'nothing'}`))
        }, 10_000)
        waiting.add(check)
        check()
      }),
    close: () =>
      new Promise((closed) => {
        release()
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
