// query-routes.ts: the query API over HTTP (docs/query-api.md).

import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../metrics.ts'
import { refuse } from '../refusal.ts'
import type { Store } from '../store/store.ts'
import {
  readQuery,
  readWindow,
  routesParameters,
  servicesParameters,
  tracesParameters,
} from './query-parameters.ts'

/** Buckets that a window is divided into where the query does not say how long one is. */
const usualBuckets = 60

/** The most buckets of one answer. */
const mostBuckets = 2000

const stepOf = (span: number, asked: number | undefined) => {
  const step = asked ?? Math.max(1, Math.round(span / 1e3 / usualBuckets))
  if (span / 1e3 / step > mostBuckets)
    throw refuse(400, 'step', 'divides the window into too many buckets', mostBuckets)
  return step
}

/** Adds the query API. Read only, and by default for pages of the collector's own origin. */
export const addQueryRoutes = (app: FastifyInstance, store: Store, metrics: Metrics): void => {
  const timed = async <Result>(work: Promise<Result>) => {
    const end = metrics.querySeconds.startTimer()
    return work.finally(end)
  }
  app.get('/api/services', async (request) => {
    const window = readWindow(readQuery(servicesParameters, request.query))
    return { services: await timed(store.services(window)) }
  })
  app.get('/api/traces', async (request) => {
    const { from, to, attribute, ...rest } = readQuery(tracesParameters, request.query)
    return timed(store.search({ ...rest, attributes: attribute, ...readWindow({ from, to }) }))
  })
  app.get<{ Params: { traceId: string } }>('/api/traces/:traceId', async (request) => {
    const { traceId } = request.params
    if (!/^[\da-f]{32}$/i.test(traceId)) throw refuse(400, 'traceId', 'expected 32 hex digits')
    const trace = await timed(store.trace(traceId.toLowerCase()))
    if (!trace) throw refuse(404, 'traceId', 'nothing of this trace is stored')
    return trace
  })
  app.get('/api/routes', async (request) => {
    const { service, step: asked, ...window } = readQuery(routesParameters, request.query)
    const { from, to } = readWindow(window)
    const step = stepOf(to - from, asked)
    return { step, routes: await timed(store.routes({ service, from, to, step })) }
  })
}
