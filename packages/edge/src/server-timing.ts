// server-timing.ts: tells the page which span served it, so that its page load can be joined to the trace.

import type { Span } from 'lightspan/core'

// A cached answer would name one request's span to everybody who gets it. These fields say that a
// cache may reuse it unasked; Vercel, Netlify and Cloudflare have a field of their own each.
const cacheFields = [
  'cache-control',
  'cdn-cache-control',
  'cloudflare-cdn-cache-control',
  'netlify-cdn-cache-control',
  'vercel-cdn-cache-control',
  'surrogate-control',
]

const reusable = (headers: Headers): boolean =>
  cacheFields.some((field) => {
    const says = headers.get(field) || ''
    return (
      /(?:^|[\s,])(?:public|immutable|(?:s-maxage|max-age)="?0*[1-9])/i.test(says) &&
      !/no-store|no-cache/i.test(says)
    )
  }) || Date.parse(headers.get('expires') || '') > Date.now()

// What an upstream said about itself, or we about an earlier use of the same Response.
const stale = /(?:^|,)\s*trace(?:parent)?\s*;\s*desc="?[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[^,]*/gi

const write = (headers: Headers, span: Span) => {
  const others = (headers.get('server-timing') || '').replace(stale, '').replace(/^[\s,]+/, '')
  const value = span.traceparent()
  // `trace` is Trace Context Level 2's name; `traceparent` is what pages in the field read. When it was written
  // tells a page that a cache gave it out again long after.
  headers.set(
    'server-timing',
    `traceparent;desc="${value}";dur=${Date.now()}, trace;desc=${value}${others && ', '}${others}`,
  )
}

// Deno has decoded the body of a fetched response and still shows the fields of the coded one, which it leaves out as
// it serves that response, and no other around the same body.
const tiedToBody = (headers: Headers) => 'Deno' in globalThis && headers.has('content-encoding')

/**
 * Adds `Server-Timing` to a response. Where its headers are immutable the result is another Response
 * around the same body, which is neither read nor buffered. An upgrade, what a cache may reuse, and what was fetched
 * compressed in Deno, is returned as it is.
 */
export const nameSpan = (response: Response, span: Span): Response => {
  if (response.status < 200 || reusable(response.headers)) return response
  try {
    write(response.headers, span)
    return response
  } catch {
    if (tiedToBody(response.headers)) return response
    const { body } = response
    const copy = new Response(body, response)
    write(copy.headers, span)
    return copy
  }
}
