// server.ts: the HTTP side of the collector.

import fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { addIngestRoutes, ingestPaths, isProtobuf, type Ingest } from './ingest/ingest-routes.ts'
import { refusalAnswer } from './ingest/otlp-answer.ts'
import { addQueryRoutes } from './query/query-routes.ts'
import { isRefusal, refusalBody, refuse, type Refusal } from './refusal.ts'
import type { Store } from './store/store.ts'
import { addViewer } from './viewer-files.ts'

/** What the server is made of. */
export interface ServerParts extends Ingest {
  store: Store
  /** Folder of the built viewer. */
  viewer: string
  logError: (error: Error) => void
}

/** How long a request may take to arrive, in ms. */
const requestPatience = 60_000

const pathOf = ({ url }: FastifyRequest) => url.split('?')[0]!

/** Methods of a path that exists, for 405. */
const methodsOf = (path: string): string | undefined =>
  Object.values(ingestPaths).includes(path)
    ? 'POST, OPTIONS'
    : /^\/(api\/(services|routes|traces(\/[^/]*)?)|healthz|metrics)$/.test(path)
      ? 'GET, HEAD'
      : undefined

const refusalOf = (error: Error, logError: (error: Error) => void): Refusal => {
  if (isRefusal(error)) return error
  const { statusCode } = error as FastifyError
  if (statusCode && statusCode < 500) return refuse(statusCode, 'request', error.message)
  logError(error)
  return refuse(500, 'request', 'could not be answered; the collector has logged why')
}

const tell = (refusal: Refusal, request: FastifyRequest, reply: FastifyReply) => {
  const { status } = refusal
  if (status == 503) reply.header('retry-after', '1')
  if (status == 415) reply.header('accept-encoding', 'gzip')
  // What is left of a body is read and dropped, or its sender might never get to read the answer.
  request.raw.resume()
  reply.status(status)
  if (pathOf(request) != ingestPaths.otlp) return reply.send(refusalBody(refusal))
  const { type, body } = refusalAnswer(refusal, isProtobuf(request))
  return reply.type(type).send(body)
}

const addHealth = (app: FastifyInstance, { closed, metrics }: ServerParts) => {
  app.get('/healthz', (_, reply) => {
    const because = closed()
    return reply.status(because ? 503 : 200).send({ status: because ?? 'ok' })
  })
  app.get('/metrics', async (_, reply) => reply.type(metrics.type).send(await metrics.text()))
}

/** Builds the server; the caller listens. */
export const createServer = async (parts: ServerParts): Promise<FastifyInstance> => {
  const { metrics, store, viewer, logError } = parts
  const handle = (error: Error, request: FastifyRequest, reply: FastifyReply) =>
    tell(refusalOf(error, logError), request, reply)
  const app = fastify({
    exposeHeadRoutes: true,
    forceCloseConnections: 'idle',
    requestTimeout: requestPatience,
    routerOptions: { maxParamLength: 200 },
    // such as an address that is not one
    frameworkErrors: (error, request, reply) => void handle(error, request, reply),
  })
  // Bodies are read by ourselves, within limits and whatever their type says.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_, payload, done) => done(null, payload))
  app.setErrorHandler(handle)
  app.addHook('onSend', async (_, reply) => {
    reply.headers({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
  })

  addIngestRoutes(app, parts)
  addQueryRoutes(app, store, metrics)
  addHealth(app, parts)
  const sendPage = await addViewer(app, viewer)

  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request)
    const methods = methodsOf(path)
    if (methods) {
      reply.header('allow', methods)
      throw refuse(405, 'method', `${request.method} is not known here, ${methods} are`)
    }
    const isPage = request.method == 'GET' && !/^\/(api|v1|assets)\/|\.\w+$/.test(path)
    if (isPage && sendPage) return sendPage(reply)
    if (isPage && path == '/') return reply.send('The viewer is not part of this build.\n')
    throw refuse(404, 'path', `${path.slice(0, 200)} is nothing here`)
  })
  return app
}
