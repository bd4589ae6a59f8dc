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
  /**
   * Sends as the page goes, at once. Returns whether the platform took it, which it does not beyond what
   * it lets be in flight; never throws.
   */
  leave: (body: ArrayBuffer | string) => boolean
  /** The request for a body, made at once by `how`: `fetch`, or what is called like it. */
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
  read: (response: Response) => Promise<Answer>
}

/**
 * The platform lets 65,536 bytes be in flight, of keepalive and beacons together. One half is for the one
 * request of a page that lives, the other for what is sent as it goes.
 */
const mostKeepalive = 2 ** 15

/** Body bytes of one beacon: the platform's limit, less room for another. */
const mostBeacon = 6e4

/** How long an answer may take, in ms. */
const patience = 30_000

/** Builds the transport on the page's own `fetch` and `sendBeacon` as they are now, before anything is instrumented. */
export const createTransport = ({ url, type, own, headers, read }: TransportOptions): Transport => {
  const { fetch: send } = globalThis
  // where it is turned off there is none
  const { sendBeacon: beacon } = navigator as { sendBeacon?: Navigator['sendBeacon'] }
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
  // Bytes in flight by keepalive as the page goes: what the platform refused of them would be lost unheard of.
  let flying = 0
  return {
    own,
    post: (body) => {
      const text = typeof body == 'string'
      const size = text ? body.length * 3 : body.byteLength
      const keepalive = size < mostKeepalive
      const signal = AbortSignal.timeout?.(patience) || null
      const ask = async () => read(await request(send, body, { keepalive, signal }, !text))
      // Without fetch there is no use in trying again.
      return [ask().catch(() => ({ taken: false, retry: !!send })), keepalive]
    },
    type,
    request,
    leave: (body) => {
      const blob = new Blob([body], { type })
      const { size } = blob
      if (size >= mostBeacon) return false
      // A blob is read after this has returned: Chromium was seen to wait for it for ever where the page closed meanwhile.
      if (!headers && beacon) return beacon.call(navigator, url, own ? body : blob)
      if (!send || flying + size > mostKeepalive) return false
      flying += size
      void request(send, body, { keepalive: true })
        .catch(() => {}) // nobody would hear of it
        .finally(() => (flying -= size))
      return true
    },
  }
}
