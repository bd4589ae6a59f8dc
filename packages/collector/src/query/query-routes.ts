// query-routes.ts: the query API over HTTP (docs/query-api.md).

import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../metrics.ts'
import { refuse } from '../refusal.ts'
import type { Store } from '../store/store.ts'
import {
  noParameters,
  readQuery,
  readWindow,
  routesParameters,
  servicesParameters,
  tracesParameters,
} from './query-parameters.ts'

/** Buckets that a window is divided into where the query does not say how long one is. */
const usualBuckets = 60

/** The most buckets of one answer, over all routes. */
const mostBuckets = 100_000

const stepOf = (spanMs: number, asked: number | undefined, routes: number) => {
  const step = asked ?? Math.max(1, Math.round(spanMs / 1e3 / usualBuckets))
  if ((spanMs / 1e3 / step) * routes > mostBuckets)
    throw refuse(
      400,
      'step',
      `divides the window into too many buckets for ${routes} routes`,
      mostBuckets,
    )
  return step
}

const checkDurations = (least: number | undefined, most: number | undefined) => {
  if (least !== undefined && most !== undefined && least > most)
    throw refuse(400, 'minDuration', 'is above maxDuration')
}

/** Adds the query API. It only reads, and browsers let only pages of its own origin see the answers. */
export const addQueryRoutes = (app: FastifyInstance, store: Store, metrics: Metrics): void => {
  const timed = async <Result>(query: string, work: Promise<Result>) => {
    const end = metrics.querySeconds.startTimer({ query })
    return work.finally(end)
  }
  app.get('/api/services', async (request) => {
    const window = readWindow(readQuery(servicesParameters, request.query))
    return { services: await timed('services', store.services(window)) }
  })
  app.get('/api/traces', async (request) => {
    const { from, to, attribute, ...rest } = readQuery(tracesParameters, request.query)
    checkDurations(rest.minDuration, rest.maxDuration)
    const search = { ...rest, attributes: attribute, ...readWindow({ from, to }) }
    return timed('traces', store.search(search))
  })
  app.get<{ Params: { traceId: string } }>('/api/traces/:traceId', async (request) => {
    readQuery(noParameters, request.query)
    const { traceId } = request.params
    if (!/^[\da-f]{32}$/i.test(traceId)) throw refuse(400, 'traceId', 'expected 32 hex digits')
    const trace = await timed('trace', store.trace(traceId.toLowerCase()))
    if (!trace) throw refuse(404, 'traceId', 'nothing of this trace is stored')
    return trace
  })
  app.get('/api/routes', async (request) => {
    const { service, limit, step: asked, ...window } = readQuery(routesParameters, request.query)
    const { from, to } = readWindow(window)
    const step = stepOf(to - from, asked, limit)
    return {
      step,
      ...(await timed('routes', store.routes({ service, limit, from, to, step }))),
    }
  })
}
