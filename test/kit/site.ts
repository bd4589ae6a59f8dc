// site.ts: a web site for browsers under test: pages, an API, and a receiver, on two origins.

import { readFileSync } from 'node:fs'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { readBatch, type ReceivedBatch, type ReceivedSpan } from './received.ts'

const scripts = new Map(
  ['/lightspan.js', '/lightspan.development.js', '/lightspan-more.js'].map((path) => [
    path,
    new URL(`../../dist${path}`, import.meta.url),
  ]),
)

interface Page {
  html: string
  headers?: Record<string, string>
}

/** A request that was no page, script or batch. */
export interface Seen {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: string
}

/** A site under test. `until` rejects after 10 s with what did arrive. */
export interface Site {
  origin: string
  /** The same server on another port: cross-origin. */
  other: string
  /** Serves `html` at `path` from now on. */
  page: (path: string, html: string, headers?: Record<string, string>) => string
  /** Serves a script at `path` from now on. */
  script: (path: string, text: string) => void
  /** Answers `value` as JSON at `path` from now on. */
  json: (path: string, value: unknown) => string
  requests: Seen[]
  batches: ReceivedBatch[]
  /** Bytes that readers took of the 50 MB behind `/api/big`. */
  pulled: () => number
  spans: () => ReceivedSpan[]
  /** Resolves with all spans when `enough` says so. */
  until: (enough: (spans: ReceivedSpan[]) => unknown) => Promise<ReceivedSpan[]>
  /** Resolves with the first span of that name. */
  span: (name: string | RegExp) => Promise<ReceivedSpan>
  /** Whether batches find somebody from now on: otherwise their connections are dropped, or refused with a status. */
  reach: (reachable: boolean | number) => void
  /** Batches that found nobody. */
  dropped: () => number
  /** Forgets what arrived. */
  clear: () => void
  close: () => Promise<void>
}

const open = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*',
  'access-control-allow-methods': '*',
  'timing-allow-origin': '*',
}

const wait = (ms: number) => new Promise((later) => setTimeout(later, ms))

const bigPieces = 800
const bigPiece = Buffer.alloc(2 ** 16)

// As much of 50 MB as whoever asked takes.
const answerBig = async (response: ServerResponse, took: (bytes: number) => void) => {
  response.writeHead(200, { 'content-type': 'application/octet-stream', ...open })
  const closed = new Promise((go) => response.once('close', go))
  for (let piece = 0; piece < bigPieces && !response.destroyed; piece++) {
    if (!response.write(bigPiece))
      await Promise.race([closed, new Promise((go) => response.once('drain', go))])
    took(bigPiece.length)
  }
  response.end()
}

// `/picture/…` is one. `/api/redirect?to=…` redirects; `/api/closed` answers without leave for other origins.
// `/api/<status>?ms=…&bytes=…&stream=…`: answers after `ms`, in `stream` pieces 30 ms apart.
const answer = async (url: URL, response: ServerResponse) => {
  const { ms, bytes, stream } = Object.fromEntries(url.searchParams)
  const { to } = Object.fromEntries(url.searchParams)
  if (url.pathname == '/api/hang') return
  if (url.pathname == '/api/closed') return response.end('closed')
  if (to) return response.writeHead(302, { location: to, ...open }).end()
  if (url.pathname == '/api/reset') return response.destroy()
  if (ms) await wait(Number(ms))
  response.writeHead(Number(url.pathname.split('/')[2]) || 200, {
    'content-type': 'text/plain',
    ...open,
  })
  for (let piece = 0; piece < Number(stream ?? 0); piece++) {
    response.write('piece ')
    await wait(30)
  }
  response.end('x'.repeat(Number(bytes ?? 2)))
}

// Large enough for its area to be a largest contentful paint, which a flat surface cannot be.
const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 99">${Array.from(
  { length: 300 },
  (_, at) => `<circle cx="${at % 99}" cy="${(at * 7) % 99}" r="9" fill="#${100 + at}"/>`,
).join('')}</svg>`

const readBody = async (request: IncomingMessage) => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

const listen = (handle: (request: IncomingMessage, response: ServerResponse) => void) =>
  new Promise<{ origin: string; close: () => Promise<void> }>((ready) => {
    const server = createServer(handle)
    server.listen(0, '127.0.0.1', () =>
      ready({
        origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            server.closeAllConnections()
          }),
      }),
    )
  })

/** Starts a site on two free ports. The caller closes it. */
export const startSite = async (): Promise<Site> => {
  const pages = new Map<string, Page>()
  const waiting = new Set<() => void>()
  const requests: Seen[] = []
  const batches: ReceivedBatch[] = []
  let pulled = 0
  let reachable: boolean | number = true
  let dropped = 0
  // A page that goes may send compact spans twice, which a receiver of ours tells; OTLP it must not.
  const spans = () => {
    const seen = new Set<string>()
    return batches.flatMap(({ contentType, spans }) =>
      spans.filter((span) => {
        const { size } = seen
        seen.add(JSON.stringify({ ...span, resource: undefined }))
        return !contentType.startsWith('text/plain') || seen.size > size
      }),
    )
  }

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://site')
    const body = await readBody(request)
    if (url.pathname == '/api/big') return answerBig(response, (bytes) => (pulled += bytes))
    if (request.method == 'OPTIONS' && url.pathname == '/api/closed')
      return response.writeHead(403).end()
    if (request.method == 'OPTIONS') return response.writeHead(204, open).end()
    const script = scripts.get(url.pathname)
    if (script)
      return response
        .writeHead(200, { 'content-type': 'text/javascript', ...open })
        .end(readFileSync(script))
    if (url.pathname.startsWith('/picture/'))
      return response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(picture)
    if (url.pathname.startsWith('/v1/') && reachable !== true) {
      dropped++
      return reachable ? response.writeHead(reachable, open).end() : response.destroy()
    }
    if (url.pathname.startsWith('/v1/')) {
      batches.push(readBatch(url.pathname + url.search, request.headers, body))
      response.writeHead(200, open).end('{}')
      return waiting.forEach((check) => check())
    }
    const page = pages.get(url.pathname)
    if (page)
      return response
        .writeHead(200, {
          'content-type': 'text/html',
          'cache-control': 'no-cache',
          ...page.headers,
        })
        .end(page.html)
    if (url.pathname == '/favicon.ico') return response.writeHead(204).end()
    const { method = '', headers } = request
    requests.push({ method, url: url.pathname + url.search, headers, body: body.toString() })
    return answer(url, response)
  }
  const handle = (request: IncomingMessage, response: ServerResponse) =>
    // a page that went away takes its request along
    void serve(request, response).catch((error: unknown) => response.destroy(error as Error))
  const [own, other] = await Promise.all([listen(handle), listen(handle)])

  const until: Site['until'] = (enough) =>
    new Promise((resolve, reject) => {
      const check = () => {
        if (!enough(spans())) return
        clearTimeout(timer)
        waiting.delete(check)
        resolve(spans())
      }
      const timer = setTimeout(() => {
        waiting.delete(check)
        const names = spans().map(({ name }) => name)
        reject(new Error(`10 s passed; what arrived: ${names.join(', ') || 'nothing'}`))
      }, 10_000)
      waiting.add(check)
      check()
    })
  const named = (name: string | RegExp) => (span: ReceivedSpan) =>
    typeof name == 'string' ? span.name == name : name.test(span.name)

  return {
    origin: own.origin,
    other: other.origin,
    page: (path, html, headers = {}) => {
      pages.set(path, { html: `<!doctype html><meta charset="utf-8">${html}`, headers })
      return own.origin + path
    },
    script: (path, text) => {
      pages.set(path, { html: text, headers: { 'content-type': 'text/javascript' } })
    },
    json: (path, value) => {
      const headers = { 'content-type': 'application/json' }
      pages.set(path, { html: JSON.stringify(value), headers })
      return own.origin + path
    },
    requests,
    batches,
    pulled: () => pulled,
    spans,
    until,
    span: async (name) => (await until((all) => all.some(named(name)))).find(named(name))!,
    reach: (yes) => {
      reachable = yes
    },
    dropped: () => dropped,
    clear: () => {
      requests.length = 0
      batches.length = 0
    },
    close: async () => void (await Promise.all([own.close(), other.close()])),
  }
}
