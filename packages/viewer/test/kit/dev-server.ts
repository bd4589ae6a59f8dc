// dev-server.ts: serves the built viewer as the collector does, with made-up traces behind the API.

import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import type { TracesData } from 'lightspan/wire'
import { makeTraces } from './fixtures.ts'
import { createMemoryStore } from './memory-store.ts'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.map': 'application/json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

// What a careful operator would set: the page must live with it.
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"

interface Options {
  port: number
  /** Gives the folder of built files; asked for every page, so that it can build anew. */
  dist: () => Promise<string>
  traces?: TracesData[]
}

const sendJson = (response: ServerResponse, status: number, body: unknown) => {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

const sendFile = async (response: ServerResponse, dist: string, path: string) => {
  const isFile = path.startsWith('/assets/') || path == '/licenses.txt'
  const file = isFile ? normalize(path) : '/index.html'
  const body = await readFile(join(dist, file)).catch(() => undefined)
  response.writeHead(body ? 200 : 404, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': policy,
  })
  response.end(body)
}

/** Listens on loopback; port 0 is any free one. */
export const startDevServer = async ({ port, dist, traces }: Options) => {
  const store = createMemoryStore(traces ?? makeTraces({ now: Date.now() }))
  const api = (response: ServerResponse, { pathname, searchParams }: URL) => {
    if (pathname == '/api/services')
      return sendJson(response, 200, store.services(searchParams, Date.now()))
    if (pathname == '/api/traces')
      return sendJson(response, 200, store.traces(searchParams, Date.now()))
    const found = store.trace(pathname.replace('/api/traces/', ''))
    return sendJson(
      response,
      found ? 200 : 404,
      found ?? { error: { field: 'traceId', reason: 'not found' } },
    )
  }
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (url.pathname.startsWith('/api/')) return api(response, url)
    void dist().then(
      (folder) => sendFile(response, folder, url.pathname),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
