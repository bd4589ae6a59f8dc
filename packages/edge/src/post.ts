// post.ts: one batch on its way to the ingest endpoint, and what became of it.

import { encodeCompact, encodeOtlp, gzip, version, type SpanRecord } from 'lightspan/core'
import type { EdgeOptions } from './options.ts'
import { callPlatform } from './patch-fetch.ts'

/** How long an export may take, in ms. */
export const timeout = 10_000

/** Characters below which compression costs more than it saves. */
const smallBody = 1024

/** The longest pause that a receiver may ask for, in ms. */
const longestRetryAfter = 300_000

const describe = ({ service, version: serviceVersion, environment, attributes }: EdgeOptions) => ({
  'service.name': service || 'unknown_service',
  'service.version': serviceVersion,
  'deployment.environment.name': environment,
  'telemetry.sdk.name': 'lightspan',
  'telemetry.sdk.language': 'webjs',
  'telemetry.sdk.version': version,
  ...attributes,
})

/** What became of a batch. */
export interface Outcome {
  ok: boolean
  /** It was not taken, but may be another time. */
  again: boolean
  /** How long the receiver wants to be left alone, in ms. */
  pause: number
}

const retryAfter = (headers: Headers): number => {
  const value = headers.get('retry-after')
  if (!value) return 0
  const ms = /^\d+$/.test(value) ? +value * 1000 : Date.parse(value) - Date.now()
  return Math.min(Math.max(ms || 0, 0), longestRetryAfter)
}

/** Sends batches. Resolves to what became of one, and never rejects. */
export const createPost = (options: EdgeOptions, origin: number) => {
  const { url = '', key, format, headers } = options
  const otlp = format == 'otlp'
  const encode = otlp ? encodeOtlp : encodeCompact
  const target =
    otlp && key ? `${url}${url.includes('?') ? '&' : '?'}key=${encodeURIComponent(key)}` : url
  const resource = describe(options)
  const scope = { name: '@lightspan/edge', version }

  return async (spans: readonly SpanRecord[], dropped: number): Promise<Outcome> => {
    let again = false // what cannot be written never can
    try {
      const text = encode({
        resource,
        scope,
        origin,
        sent: Date.now() - origin,
        key,
        dropped: dropped || undefined,
        spans,
      })
      again = true
      const body = text.length < smallBody ? text : await gzip(text)
      const response = await callPlatform(target, {
        method: 'POST',
        body,
        // Followed, it may become a GET, whose answer says nothing of the batch.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeout),
        headers: {
          'content-type': otlp ? 'application/json' : 'text/plain',
          // A compact receiver sniffs.
          ...(otlp && typeof body != 'string' && { 'content-encoding': 'gzip' }),
          ...headers,
        },
      })
      const { ok, status } = response
      await response.body?.cancel() // unread, it would hold its connection
      again = /^(408|429|50[234])$/.test(`${status}`)
      return { ok, again, pause: retryAfter(response.headers) }
    } catch {
      return { ok: false, again, pause: 0 }
    }
  }
}
