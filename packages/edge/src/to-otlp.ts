// to-otlp.ts: a compact batch as OTLP/JSON, for the relay.

import { gzip } from 'lightspan/core'
import {
  compactLimits,
  decodeCompact,
  validIds,
  type CompactError,
  type TracesData,
} from 'lightspan/wire'
import { readAll, refusal, type Refusal } from './read-body.ts'
import type { Converted } from './relay.ts'

// An isolate has 128 MB for all that it does at once. Measured in Node, whose pointers are twice as long as those of
// workers: JSON takes up to 29 bytes per character once it is read; a batch that just passes one of the limits below makes
// the process grow by some 50 MiB, and one of 3,000 spans with 15 attributes each by 31 (190 kB as compact text, and 3.6
// million characters as OTLP).

/** Bytes that a body may have once it is decompressed. */
const mostUnfolded = 2 ** 21

/** Characters that a batch may have as OTLP, in which what spans share stands once for each of them. */
const mostWritten = 2 ** 23

/** What one batch may hold. */
const limits = { ...compactLimits, references: 100_000, text: mostWritten }

const unzip = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> => {
  const zipped = bytes[0] == 0x1f && bytes[1] == 0x8b
  const { body } = new Response(bytes)
  return readAll(zipped ? body!.pipeThrough(new DecompressionStream('gzip')) : body!, mostUnfolded)
}

// As JSON writes it; all but plain characters may take up to six.
const lengthOf = (text: string) =>
  /[^ !#-[\]-\ud7ff\ue000-\uffff]/.test(text) ? JSON.stringify(text).length : text.length + 2

// Throws a refusal where a batch is too long as JSON. The limits of the format count neither names nor lists, which spans
// can share as well: 13 kB were seen to become 250 million characters.
const checkLength = (data: TracesData) => {
  let left = mostWritten
  const take = (length: number) => {
    left -= length
    if (left < 0) throw refusal(413, `body: is longer than ${mostWritten} characters as OTLP`)
  }
  const visit = (value: unknown): void => {
    if (typeof value == 'string') return take(lengthOf(value))
    if (typeof value != 'object' || !value) return take(`${value as number}`.length)
    take(2)
    if (Array.isArray(value)) return value.forEach(visit)
    for (const name of Object.keys(value)) {
      take(lengthOf(name) + 2)
      visit((value as Record<string, unknown>)[name])
    }
  }
  visit(data)
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
 * @param limit bytes that the body may have as it came.
 * @throws Error with `status`: 400 where the batch is broken; 413 where it has more than `limit` bytes, 2 MiB once
 * decompressed, 10,000 spans, 100,000 attribute values, events and links together, or 8 Mi characters as OTLP.
 */
export const toOtlp = async ({ body }: Request, limit: number): Promise<Converted> => {
  if (!body) throw refusal(400, 'body: is empty')
  const bytes = await readAll(body, limit)
  try {
    const { data } = decodeCompact(new TextDecoder().decode(await unzip(bytes)), limits)
    const fitting = fit(data)
    checkLength(fitting)
    const text = await gzip(JSON.stringify(fitting))
    return {
      body: text,
      headers: {
        'content-type': 'application/json',
        ...(typeof text != 'string' && { 'content-encoding': 'gzip' }),
      },
    }
  } catch (error) {
    const { status, beyond, message } = error as Partial<Refusal & CompactError>
    throw refusal(status ?? (beyond ? 413 : 400), `${message}`)
  }
}
