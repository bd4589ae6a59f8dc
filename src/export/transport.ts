// transport.ts: how a page's batches reach the ingest endpoint.

import type { Answer } from './answer.ts'

/** How bodies leave. */
export interface Transport {
  /**
   * The receiver is Lightspan's: it sniffs gzip and tells a span that comes twice. Another gets
   * `content-encoding`, and each span once.
   */
  own: boolean
  /** Content type of an uncompressed body. */
  type: string
  /**
   * Sends while the page lives.
   * @returns the answer, which never rejects, and whether the request goes on when the page is gone.
   */
  post: (body: ArrayBuffer | string) => [answer: Promise<Answer>, lasting: boolean]
  /** Sends as the page goes, at once. Returns whether the platform took it; never throws. */
  leave: (body: Blob) => boolean
  /** The request for a body, made by `how`: `fetch`, or what is called like it. */
  request: (how: typeof fetch, body: BodyInit, more: RequestInit) => Promise<Response>
}

/** Where and how to send. */
export interface TransportOptions {
  /** The full ingest URL, posted to as it stands. */
  url: string
  /** Content type of an uncompressed body. `text/plain` needs no CORS preflight. */
  type: string
  /** Extra headers; they force keepalive fetch instead of a beacon, and a preflight. */
  headers: Record<string, string> | undefined
  /** See `Transport.own`. */
  own: boolean
  /** Reads a receiver's answer: `readAnswer`. Without it only whether it took the batch is known. */
  read?: ((response: Response) => Promise<Answer>) | undefined
}

/**
 * Bytes that may be in flight with keepalive while the page lives. The platform has 65,536 for
 * keepalive and beacons together, and the beacons of a page that leaves need the other half.
 */
const mostKeepalive = 2 ** 15

/** How long an answer may take, in ms. */
const patience = 30_000

/** Builds the transport on the page's own `fetch` and `sendBeacon` as they are now, before anything is instrumented. */
export const createTransport = ({
  url,
  type,
  own,
  headers,
  read = async ({ ok }) => ({ taken: ok }),
}: TransportOptions): Transport => {
  const { fetch: send } = globalThis
  // where it is turned off there is none
  const { sendBeacon: beacon } = navigator as { sendBeacon?: (url: string, body: Blob) => boolean }
  const request = (how: typeof fetch, body: BodyInit, more: RequestInit, encoded?: boolean) =>
    how.call(globalThis, url, {
      method: 'POST',
      body,
      credentials: 'omit',
      headers: {
        'content-type': type,
        ...(encoded && !own && { 'content-encoding': 'gzip' }),
        ...headers,
      },
      ...more,
    })
  return {
    own,
    type,
    post: (body) => {
      const text = typeof body == 'string'
      const keepalive = (text ? body.length * 3 : body.byteLength) < mostKeepalive
      const signal = AbortSignal.timeout?.(patience) || null
      const answer = request(send, body, { keepalive, signal }, !text).then(read)
      return [answer.catch(() => ({ taken: false, retry: true })), keepalive]
    },
    leave: (body) => {
      if (!headers && beacon) return beacon.call(navigator, url, body)
      request(send, body, { keepalive: true }).catch(() => {}) // nobody would hear of it
      return true
    },
    request,
  }
}
