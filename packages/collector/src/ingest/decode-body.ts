// decode-body.ts: a request body of any of the three kinds as rows.

import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { decodeCompact, type CompactError } from 'lightspan/wire'
import type { BodyKind } from '../log/record.ts'
import { refuse } from '../refusal.ts'
import type { SpanRow } from '../span-row.ts'
import { exportTraceServiceRequest } from './otlp-messages.ts'
import { readProtobuf } from './protobuf-reader.ts'
import { readTraces } from './read-traces.ts'

const inflate = promisify(gunzip)

/** What a body says. */
export interface DecodedBody {
  rows: SpanRow[]
  /** The ingest key in the body (compact only). */
  key?: string | undefined
  /** Spans that the sender says it has lost. */
  dropped: number
}

const isGzip = (body: Buffer) => body[0] == 0x1f && body[1] == 0x8b

/**
 * Decompresses a body where it is gzip, whatever its headers say: a beacon cannot set them.
 * @throws a refusal: 413 beyond `limit` bytes, which are never exceeded in memory; 400 where it is broken.
 */
export const plainBody = async (body: Buffer, limit: number): Promise<Buffer> => {
  if (!isGzip(body)) return body
  try {
    return await inflate(body, { maxOutputLength: limit })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code == 'ERR_BUFFER_TOO_LARGE')
      throw refuse(413, 'body', 'is too large when decompressed', limit)
    throw refuse(400, 'body', 'is not valid gzip: ' + (error as Error).message)
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw refuse(400, 'body', 'is not JSON: ' + (error as Error).message)
  }
}

const parseCompact = (text: string) => {
  try {
    return decodeCompact(text)
  } catch (error) {
    const { field, message } = error as CompactError
    throw refuse(400, field ?? 'body', message.replace(`${field}: `, ''))
  }
}

/** Reads a decompressed body. @throws a refusal, and nothing else. */
export const decodePlain = (kind: BodyKind, body: Buffer): DecodedBody => {
  if (kind == 'protobuf')
    return { rows: readTraces(readProtobuf(body, exportTraceServiceRequest)), dropped: 0 }
  if (kind == 'json') return { rows: readTraces(parseJson(body.toString())), dropped: 0 }
  const { key, dropped, data } = parseCompact(body.toString())
  return { rows: readTraces(data), key, dropped }
}
