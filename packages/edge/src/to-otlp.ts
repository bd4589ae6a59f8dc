// to-otlp.ts: a compact batch as OTLP/JSON, for the relay.

import { gzip } from 'lightspan/core'
import { decodeCompact } from 'lightspan/wire'
import type { Converted } from './relay.ts'

/** How many times its size a compressed body may unfold to. */
const mostRatio = 20

const refusal = (status: number, message: string) => Object.assign(new Error(message), { status })

const readAll = async (stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for (const reader = stream.getReader(); ;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.length
    if (size > limit) {
      void reader.cancel().catch(() => {})
      throw refusal(413, `body: is longer than ${limit} bytes`)
    }
    chunks.push(value)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

const unzip = async (bytes: Uint8Array, limit: number): Promise<Uint8Array> => {
  if (bytes[0] != 0x1f || bytes[1] != 0x8b) return bytes
  const stream = new Blob([bytes as BlobPart]).stream()
  return readAll(stream.pipeThrough(new DecompressionStream('gzip')), limit * mostRatio)
}

/**
 * Rewrites a compact batch as OTLP/JSON (`convert` of `relay`).
 * @throws Error with `status` 400 or 413 where the batch is broken or unfolds beyond 20 times `limit`.
 */
export const toOtlp = async ({ body }: Request, limit: number): Promise<Converted> => {
  if (!body) throw refusal(400, 'body: is empty')
  const bytes = await readAll(body, limit)
  try {
    const { data } = decodeCompact(new TextDecoder().decode(await unzip(bytes, limit)))
    const text = await gzip(JSON.stringify(data))
    return {
      body: text,
      headers: {
        'content-type': 'application/json',
        ...(typeof text != 'string' && { 'content-encoding': 'gzip' }),
      },
    }
  } catch (error) {
    const { status = 400, message } = error as Partial<ReturnType<typeof refusal>>
    throw refusal(status, `${message}`)
  }
}
