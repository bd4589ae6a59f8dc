// ingest-routes.ts: the doors that spans come in by.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Readable } from 'node:stream'
import type { Config } from '../config.ts'
import type { BodyKind, LogRecord } from '../log/record.ts'
import type { Metrics } from '../metrics.ts'
import { isRefusal, refuse, type Refusal } from '../refusal.ts'
import type { SpanRow } from '../span-row.ts'
import { decodePlain, plainBody } from './decode-body.ts'
import { refusalAnswer, successAnswer } from './otlp-answer.ts'
import { readBody } from './read-body.ts'

/** What the doors need of the rest. */
export interface Ingest {
  config: Config
  metrics: Metrics
  /** Resolves when the body is safe on disk. */
  append: (kind: BodyKind, body: Buffer) => Promise<LogRecord['seq']>
  /** Takes rows on their way to the store. */
  add: (seq: number, rows: readonly SpanRow[]) => void
  /** Whether there is no room for more at the moment. */
  full: () => boolean
}

const allowedHeaders =
  'content-type, content-encoding, authorization, lightspan-key, traceparent, tracestate, baggage'

const originAllowed = ({ origins }: Config, origin: string | undefined) =>
  origin === undefined || origins.includes('*') || origins.includes(origin)

const setCors = (config: Config, request: FastifyRequest, reply: FastifyReply) => {
  const { origin } = request.headers
  if (!origin) return
  reply.header('vary', 'origin')
  if (originAllowed(config, origin)) reply.header('access-control-allow-origin', origin)
}

const keyOf = ({ headers, query }: FastifyRequest): string | undefined => {
  const { key } = query as { key?: string | string[] }
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  const named = headers['lightspan-key']
  return (typeof key == 'string' ? key : undefined) ?? (typeof named == 'string' ? named : bearer)
}

// A type that is named must be one that is meant; compact takes any, for beacons say text/plain.
const kindOf = (path: string, { headers }: FastifyRequest): BodyKind => {
  if (path == '/v1/spans') return 'compact'
  const type = (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
  if (type == 'application/x-protobuf' || type == 'application/protobuf') return 'protobuf'
  if (type == 'application/json') return 'json'
  throw refuse(
    415,
    'content-type',
    `expected application/json or application/x-protobuf, got ${type || 'none'}`,
  )
}

const checkEncoding = ({ headers }: FastifyRequest) => {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (!/^(gzip|identity)$/i.test(encoding))
    throw refuse(415, 'content-encoding', `expected gzip or none, got ${encoding}`)
}

const createAccept =
  ({ config, metrics, append, add, full }: Ingest) =>
  async (kind: BodyKind, request: FastifyRequest): Promise<void> => {
    if (!originAllowed(config, request.headers.origin))
      throw refuse(403, 'origin', 'is not allowed to send spans here')
    if (full()) throw refuse(503, 'body', 'cannot be taken at the moment: the store is behind')
    checkEncoding(request)
    const { maxBody, maxDecoded, keys } = config
    const length = request.headers['content-length']
    const body = await readBody(request.body as Readable, length, maxBody)
    const plain = await plainBody(body, maxDecoded)
    if (plain.length > maxDecoded) throw refuse(413, 'body', 'is too large', maxDecoded)
    const { rows, key, dropped } = decodePlain(kind, plain)
    const known = keyOf(request) ?? key
    if (keys.length && !(known && keys.includes(known)))
      throw refuse(401, 'key', known ? 'is not known here' : 'is missing')
    if (rows.length) add(await append(kind, body), rows)
    metrics.accepted.inc({ format: kind }, rows.length)
    metrics.bytes.inc({ format: kind }, body.length)
    metrics.lost.inc(dropped)
  }

const tell = (reply: FastifyReply, refusal: Refusal, protobuf: boolean) => {
  const { type, body } = refusalAnswer(refusal, protobuf)
  if (refusal.status == 503) reply.header('retry-after', '1')
  // what is left of a body that we stopped reading is not worth a connection
  if (refusal.status == 413) reply.header('connection', 'close')
  return reply.status(refusal.status).type(type).send(body)
}

/** Adds `POST /v1/traces` (OTLP) and `POST /v1/spans` (compact). */
export const addIngestRoutes = (app: FastifyInstance, ingest: Ingest): void => {
  const { config, metrics } = ingest
  const accept = createAccept(ingest)
  for (const path of ['/v1/traces', '/v1/spans']) {
    app.options(path, (request, reply) => {
      setCors(config, request, reply)
      return reply
        .headers({
          'access-control-allow-methods': 'POST',
          'access-control-allow-headers': allowedHeaders,
          'access-control-max-age': '86400',
        })
        .status(204)
        .send()
    })
    app.post(path, async (request, reply) => {
      setCors(config, request, reply)
      let kind: BodyKind | undefined
      try {
        kind = kindOf(path, request)
        await accept(kind, request)
        const { type, body } = successAnswer(kind == 'protobuf')
        return await reply.type(type).send(body)
      } catch (error) {
        const refusal = isRefusal(error)
          ? error
          : refuse(503, 'body', 'could not be kept: ' + (error as Error).message)
        metrics.refused.inc({ format: kind ?? 'unknown', status: refusal.status })
        request.raw.resume()
        return tell(reply, refusal, kind == 'protobuf')
      }
    })
  }
}
