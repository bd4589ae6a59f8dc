// server.ts: the HTTP side of the collector.

import fastify, { type FastifyInstance } from 'fastify'
import { addIngestRoutes, type Ingest } from './ingest/ingest-routes.ts'
import { addQueryRoutes } from './query/query-routes.ts'
import { isRefusal, refusalBody, refuse, type Refusal } from './refusal.ts'
import type { Store } from './store/store.ts'
import { addViewer } from './viewer-files.ts'

/** What the server is made of. */
export interface ServerParts extends Ingest {
  store: Store
  /** Folder of the built viewer. */
  viewer: string
  /** Whether requests can be served: the log is replayed, and nobody has asked to stop. */
  ready: () => boolean
  logError: (error: Error) => void
}

/** Methods of a path that exists, for 405. */
const methodsOf = (path: string): string | undefined =>
  /^\/v1\/(traces|spans)$/.test(path)
    ? 'POST, OPTIONS'
    : /^\/(api\/|healthz$|metrics$)/.test(path)
      ? 'GET, HEAD'
      : undefined

const handleErrors = (app: FastifyInstance, logError: (error: Error) => void) =>
  app.setErrorHandler((error: Error & { statusCode?: number }, _, reply) => {
    let refusal: Refusal
    if (isRefusal(error)) refusal = error
    else if (error.statusCode && error.statusCode < 500)
      refusal = refuse(error.statusCode, 'request', error.message)
    else {
      logError(error)
      refusal = refuse(500, 'request', 'could not be answered; the collector has logged why')
    }
    return reply.status(refusal.status).send(refusalBody(refusal))
  })

/** Builds the server; the caller listens. */
export const createServer = async (parts: ServerParts): Promise<FastifyInstance> => {
  const { metrics, store, viewer, ready, logError } = parts
  const app = fastify({
    bodyLimit: parts.config.maxBody,
    // bodies are read by ourselves, within limits and whatever their type says
    exposeHeadRoutes: true,
    forceCloseConnections: 'idle',
    requestTimeout: 60_000,
    routerOptions: { maxParamLength: 200 },
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_, payload, done) => done(null, payload))
  handleErrors(app, logError)
  app.addHook('onSend', async (_, reply) => {
    reply.headers({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
  })

  addIngestRoutes(app, parts)
  addQueryRoutes(app, store, metrics)
  app.get('/healthz', (_, reply) => {
    const ok = ready()
    return reply.status(ok ? 200 : 503).send({ status: ok ? 'ok' : 'stopping' })
  })
  app.get('/metrics', async (_, reply) => reply.type(metrics.type).send(await metrics.text()))
  const sendPage = await addViewer(app, viewer)

  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]!
    const methods = methodsOf(path)
    request.raw.resume()
    if (methods && !methods.split(', ').includes(request.method)) {
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
