// cors.ts: which pages may send, and what their browsers are told.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { refuse } from '../refusal.ts'

const allowedHeaders =
  'content-type, content-encoding, authorization, lightspan-key, traceparent, tracestate, baggage'

/** What one request may do. */
export interface Cors {
  /**
   * Lets the page that sends read the answer. @throws a refusal with status 403 where its origin is not
   * among those that may send. Requests without an origin are no browser's, and pass.
   */
  admit: (request: FastifyRequest, reply: FastifyReply) => void
  /** Answers preflights of `path`. */
  addPreflight: (app: FastifyInstance, path: string) => void
}

/** Builds the check of `origins`; `*` is any. */
export const createCors = (origins: readonly string[]): Cors => {
  const any = origins.includes('*')
  const known = new Set(origins)
  const admit = ({ headers: { origin } }: FastifyRequest, reply: FastifyReply) => {
    reply.header('vary', 'origin')
    if (origin === undefined) return
    if (!any && !known.has(origin))
      throw refuse(403, 'origin', `${origin.slice(0, 200)} is not allowed to send spans here`)
    reply.headers({
      'access-control-allow-origin': origin,
      // Beacons are always sent with credentials. Nothing here looks at them.
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'retry-after',
    })
  }
  const addPreflight = (app: FastifyInstance, path: string) => {
    app.options(path, (request, reply) => {
      admit(request, reply)
      return reply
        .headers({
          'access-control-allow-methods': 'POST',
          'access-control-allow-headers': allowedHeaders,
          'access-control-max-age': '86400',
        })
        .status(204)
        .send()
    })
  }
  return { admit, addPreflight }
}
