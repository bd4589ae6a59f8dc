// ingest-routes.ts: the doors that spans come in by.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import type { BodyKind } from '../log/record.ts'
import type { Metrics } from '../metrics.ts'
import { isRefusal, refuse } from '../refusal.ts'
import type { Entry } from '../store/applier.ts'
import type { Accepted } from './accepted.ts'
import { compactAnswer } from './compact-answer.ts'
import { createCors } from './cors.ts'
import { decodePlain, plainBody, type DecodedBody } from './decode-body.ts'
import { successAnswer } from './otlp-answer.ts'
import { readBody } from './read-body.ts'
import { weightOf, type Room } from './room.ts'

/** What the doors need of the rest. */
export interface Ingest {
  config: Config
  metrics: Metrics
  room: Room
  /** Resolves with its sequence when the body is safe on disk. */
  append: (kind: BodyKind, body: Buffer) => Promise<number>
  /** Knows what was accepted already. */
  accepted: Accepted
  /** Takes rows on their way to the store, with the room that they take until they are there. */
  add: (entry: Entry) => void
  /** What keeps spans from being taken, such as that the log is still being replayed. */
  closed: () => string | undefined
}

/** Where spans come in. */
export const ingestPaths = { otlp: '/v1/traces', compact: '/v1/spans' }

const protobufTypes = ['application/x-protobuf', 'application/protobuf']

const typeOf = ({ headers }: FastifyRequest) =>
  (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()

/** Whether a request speaks protobuf, and is answered in it. */
export const isProtobuf = (request: FastifyRequest): boolean =>
  request.url.split('?')[0] == ingestPaths.otlp && protobufTypes.includes(typeOf(request))

// Compact takes any type, for beacons say text/plain; of OTLP the type says which of two it is.
const kindOf = (path: string, request: FastifyRequest): BodyKind => {
  if (path == ingestPaths.compact) return 'compact'
  if (isProtobuf(request)) return 'protobuf'
  const type = typeOf(request)
  if (type == 'application/json') return 'json'
  throw refuse(
    415,
    'content-type',
    `expected application/json or application/x-protobuf, got ${type.slice(0, 100) || 'none'}`,
  )
}

const checkEncoding = ({ headers }: FastifyRequest) => {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (!/^(gzip|identity)$/i.test(encoding))
    throw refuse(415, 'content-encoding', `expected gzip or none, got ${encoding.slice(0, 100)}`)
}

const keyOf = ({ headers, query }: FastifyRequest): string | undefined => {
  const { key } = query as { key?: string | string[] }
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  const named = headers['lightspan-key']
  return (typeof key == 'string' ? key : undefined) ?? (typeof named == 'string' ? named : bearer)
}

const createKeyCheck = (keys: readonly string[]) => {
  const known = new Set(keys)
  return (key: string | undefined) => {
    if (!known.size || (key !== undefined && known.has(key))) return
    throw refuse(401, 'key', key === undefined ? 'is missing' : 'is not known here')
  }
}

// The room of one request; what it took is given back when it is over, but for what is handed on.
const createShare = (room: Room) => {
  let taken = 0
  const shrinkTo = (bytes: number) => {
    room.free(taken - bytes)
    taken = bytes
  }
  return {
    take: (bytes: number) => {
      room.take(bytes)
      taken += bytes
    },
    handOn: (bytes: number) => {
      shrinkTo(bytes)
      taken = 0
    },
    end: () => shrinkTo(0),
  }
}

const noDisk = (error: Error) => {
  throw refuse(503, 'body', 'could not be written to disk: ' + error.message)
}

const createAccept = (ingest: Ingest) => {
  const { config, metrics, room, append, accepted, add, closed } = ingest
  const { maxBody, maxDecoded } = config
  const checkKey = createKeyCheck(config.keys)

  return async (kind: BodyKind, request: FastifyRequest): Promise<DecodedBody> => {
    const because = closed()
    if (because) throw refuse(503, 'collector', because)
    checkEncoding(request)
    const key = keyOf(request)
    // a compact body may still bring its own
    if (kind != 'compact' || key !== undefined) checkKey(key)
    const share = createShare(room)
    // before its body has come, for what that takes is no matter of clocks
    const received = Date.now()
    try {
      const body = await readBody(request.raw, maxBody, share.take)
      const plain = await plainBody(body, maxDecoded)
      const decoded = decodePlain(kind, plain, { received })
      const { rows, batch } = decoded
      if (key === undefined) checkKey(decoded.key)
      if (rows.length || (batch && Object.keys(batch.drops).length)) {
        const weight = weightOf(plain.length, rows.length)
        share.take(weight)
        const seq = await append(kind, body).catch(noDisk)
        share.handOn(weight)
        const { spans, note } = accepted(decoded, plain)
        add({ seq, rows, weight, note })
        metrics.accepted.inc({ format: kind }, spans)
        if (note) metrics.lost(note)
      }
      metrics.rejected.inc({ format: kind }, decoded.rejected)
      metrics.bytes.inc({ format: kind }, body.length)
      return decoded
    } finally {
      share.end()
    }
  }
}

/** Adds `POST /v1/traces` (OTLP) and `POST /v1/spans` (compact). */
export const addIngestRoutes = (app: FastifyInstance, ingest: Ingest): void => {
  const { config, metrics } = ingest
  const accept = createAccept(ingest)
  const { admit, addPreflight } = createCors(config.origins)
  for (const path of Object.values(ingestPaths)) {
    addPreflight(app, path)
    app.post(path, async (request, reply) => {
      let kind: BodyKind | undefined
      try {
        admit(request, reply)
        kind = kindOf(path, request)
        const { rejected, because, batch } = await accept(kind, request)
        const reason = because?.message ?? ''
        if (batch) {
          const sample = config.sample.get(batch.service) ?? config.sample.get('*')
          return await reply.type('application/json').send(compactAnswer(rejected, reason, sample))
        }
        const answer = successAnswer(rejected, reason, kind == 'protobuf')
        return await reply.type(answer.type).send(answer.body)
      } catch (error) {
        const status = isRefusal(error) ? error.status : 500
        metrics.refused.inc({ format: kind ?? 'unknown', status })
        throw error
      }
    })
  }
}
