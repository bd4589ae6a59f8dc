// serve.ts: a small JSON service over node:http, as somebody who has never heard of tracing would write it, but for the route's name.

import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SpanStatusCode, trace } from '@opentelemetry/api'
import { refuse, type Answer } from './answer.ts'

/** Answers a request: `id` is the number in its path, `body` its parsed JSON. */
export type Handler = (request: { id: number; body: unknown }) => Promise<Answer> | Answer

const largest = 64 * 1024

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  let text = ''
  for await (const part of request) {
    text += String(part)
    if (text.length > largest) throw new Error('request body too large')
  }
  return text ? (JSON.parse(text) as unknown) : undefined
}

const answer = async (handler: Handler, request: IncomingMessage, id: number): Promise<Answer> => {
  try {
    return await handler({ id, body: await readBody(request) })
  } catch (error) {
    const span = trace.getActiveSpan()
    span?.recordException(error as Error)
    span?.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message })
    return refuse(500, 'Something broke on our side.')
  }
}

/**
 * Serves `routes`, each named `METHOD /path` with `{id}` for a number, on a free port, and tells the
 * parent process its address.
 */
export const serve = (routes: Record<string, Handler>) => {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://service').pathname
    const template = path.replace(/\/\d+/, '/{id}')
    const handler = routes[`${request.method} ${template}`] ?? (() => refuse(404, 'Not found.'))
    // What frameworks' instrumentations do, and node:http cannot know.
    trace.getActiveSpan()?.setAttribute('http.route', template)
    trace.getActiveSpan()?.updateName(`${request.method} ${template}`)
    void answer(handler, request, Number(/\d+/.exec(path)?.[0])).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    })
  })
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    process.send?.({ url: `http://127.0.0.1:${port}` })
  })
}
