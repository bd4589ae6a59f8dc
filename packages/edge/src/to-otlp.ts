// to-otlp.ts: a compact batch as OTLP/JSON, for the relay.

import { gzip } from 'lightspan/core'
import { decodeCompact, validIds, type TracesData } from 'lightspan/wire'
import { readAll, refusal, type Refusal } from './read-body.ts'
import type { Converted } from './relay.ts'

/** How many times its size a compressed body may unfold to. */
const mostRatio = 20

const unzip = async (bytes: Uint8Array<ArrayBuffer>, limit: number): Promise<Uint8Array> => {
  if (bytes[0] != 0x1f || bytes[1] != 0x8b) return bytes
  const stream = new Blob([bytes]).stream()
  return readAll(stream.pipeThrough(new DecompressionStream('gzip')), limit * mostRatio)
}

// A span that had not ended leaves as a copy, and its end replaces it: in Lightspan's store, and nowhere else. And for one
// parent that is none a backend may refuse the whole.
const fit = ({ resourceSpans }: TracesData): TracesData => ({
  resourceSpans: resourceSpans.map((resource) => ({
    ...resource,
    scopeSpans: resource.scopeSpans.map((scope) => ({
      ...scope,
      spans: scope.spans.filter(
        (span) => validIds(span) && !span.attributes?.some(({ key }) => key == 'lightspan.open'),
      ),
    })),
  })),
})

/**
 * Rewrites a compact batch as OTLP/JSON (`convert` of `relay`), but for copies of spans that have not ended
 * and for spans with a parent or a link that is none.
 * @throws Error with `status` 400 or 413 where the batch is broken or unfolds beyond 20 times `limit`.
 */
export const toOtlp = async ({ body }: Request, limit: number): Promise<Converted> => {
  if (!body) throw refusal(400, 'body: is empty')
  const bytes = await readAll(body, limit)
  try {
    const { data } = decodeCompact(new TextDecoder().decode(await unzip(bytes, limit)))
    const text = await gzip(JSON.stringify(fit(data)))
    return {
      body: text,
      headers: {
        'content-type': 'application/json',
        ...(typeof text != 'string' && { 'content-encoding': 'gzip' }),
      },
    }
  } catch (error) {
    const { status = 400, message } = error as Partial<Refusal>
    throw refusal(status, `${message}`)
  }
}
