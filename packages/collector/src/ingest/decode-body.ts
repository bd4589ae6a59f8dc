// decode-body.ts: a request body of any of the three kinds as rows.

import { promisify } from 'node:util'
import { gunzip, gunzipSync } from 'node:zlib'
import { decodeCompact, type CompactError } from 'lightspan/wire'
import type { Drops } from '../batch-note.ts'
import type { BodyKind } from '../log/record.ts'
import { refuse } from '../refusal.ts'
import { exportTraceServiceRequest } from './otlp-messages.ts'
import { readProtobuf } from './protobuf-reader.ts'
import { readTraces, serviceOf, type ReadTraces } from './read-traces.ts'

const inflate = promisify(gunzip)

/** What a body says. */
export interface DecodedBody extends ReadTraces {
  /** The ingest key in the body (compact only). */
  key?: string | undefined
  /** What a compact batch says besides. */
  batch?: { id: string | undefined; service: string; drops: Drops } | undefined
}

const isGzip = (body: Buffer) => body[0] == 0x1f && body[1] == 0x8b

/** Bodies up to this many bytes, decompressed, are so quickly: a thread would cost more than it saves. */
const mostAtOnce = 2 ** 18

// A gzip says at its end how long what it holds is. It may lie: that is no more than a hint.
const hintOf = (body: Buffer) => (body.length < 18 ? 0 : body.readUInt32LE(body.length - 4))

const isTooLarge = (error: unknown) =>
  (error as NodeJS.ErrnoException).code == 'ERR_BUFFER_TOO_LARGE'

const broken = ({ message }: Error) => refuse(400, 'body', 'is not valid gzip: ' + message)

/**
 * Decompresses a body where it is gzip, whatever its headers say: a beacon cannot set them.
 * @throws a refusal: 413 beyond `limit` bytes, which are never exceeded in memory; 400 where it is broken.
 */
export const plainBody = async (body: Buffer, limit: number): Promise<Buffer> => {
  const tooLarge = () => refuse(413, 'body', 'is too large when decompressed', limit)
  if (!isGzip(body)) {
    if (body.length > limit) throw tooLarge()
    return body
  }
  const hint = hintOf(body)
  try {
    if (hint < mostAtOnce && limit > mostAtOnce)
      return gunzipSync(body, { maxOutputLength: mostAtOnce, chunkSize: hint + 64 })
  } catch (error) {
    if (!isTooLarge(error)) throw broken(error as Error)
  }
  try {
    return await inflate(body, { maxOutputLength: limit })
  } catch (error) {
    throw isTooLarge(error) ? tooLarge() : broken(error as Error)
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw refuse(400, 'body', 'is not JSON: ' + (error as Error).message)
  }
}

const isCompactError = (error: unknown): error is CompactError =>
  error instanceof Error && error.name == 'CompactError'

const parseCompact = (text: string) => {
  try {
    return decodeCompact(text)
  } catch (error) {
    if (!isCompactError(error)) throw error
    const { field, message } = error
    throw refuse(400, field, message.replace(`${field}: `, ''))
  }
}

/** A lag of more, in ms, tells of no clock: some 30 years. */
const longestLag = 1e12

const lagOf = (received: number | undefined, sent: number) => {
  const ms = (received ?? NaN) - sent
  return Math.abs(ms) <= longestLag ? BigInt(Math.round(ms * 1e6)) : undefined
}

/** What is known of a body besides what it says. */
export interface Coming {
  /** When it came, in ms since the Unix epoch: a compact one says when it was sent. */
  received?: number
  /** It was accepted before: limits that came later do not cost it what they leave out now. */
  accepted?: boolean
}

/** Reads a decompressed body. @throws a refusal. */
export const decodePlain = (
  kind: BodyKind,
  body: Buffer,
  { received, accepted = false }: Coming = {},
): DecodedBody => {
  if (kind == 'protobuf')
    return readTraces(readProtobuf(body, exportTraceServiceRequest), { accepted })
  if (kind == 'json') return readTraces(parseJson(body.toString()), { accepted })
  const { key, id, sentAt, drops, data } = parseCompact(body.toString())
  // a batch has one resource
  const service = serviceOf(data.resourceSpans[0]?.resource?.attributes)
  const read = readTraces(data, { lagNs: lagOf(received, sentAt), accepted })
  return { ...read, key, batch: { id, service, drops } }
}
