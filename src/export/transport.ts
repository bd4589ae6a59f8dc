// transport.ts: how a page's batches reach the ingest endpoint.

import type { Transport } from './exporter.ts'

/** Where and how to send. */
export interface TransportOptions {
  /** The full ingest URL, posted to as it stands. */
  url: string
  /** Content type of an uncompressed body. `text/plain` needs no CORS preflight. */
  type: string
  /** Say `content-encoding` for compressed bodies (a preflight); else the receiver sniffs. */
  announce: boolean
  /** Extra headers; they force keepalive fetch instead of a beacon, and a preflight. */
  headers: Record<string, string> | undefined
}

/** keepalive counts against the 64 KiB that beacons have: larger bodies go without. */
const mostKeepalive = 2 ** 15

/** Builds the transport on the page's own `fetch` as it is now, before anything is instrumented. */
export const createTransport = ({ url, type, announce, headers }: TransportOptions): Transport => {
  const send = globalThis.fetch
  const request = (body: BodyInit, size: number, encoded: boolean) =>
    send.call(globalThis, url, {
      method: 'POST',
      body,
      keepalive: size < mostKeepalive,
      credentials: 'omit',
      headers: {
        'content-type': type,
        ...(encoded && announce && { 'content-encoding': 'gzip' }),
        ...headers,
      },
    })
  return {
    type,
    post: async (body) => {
      const text = typeof body == 'string'
      try {
        return (await request(body, text ? body.length * 3 : body.byteLength, !text)).ok
      } catch {
        return false
      }
    },
    leave: (body) => {
      if (!headers && navigator.sendBeacon(url, body)) return true
      request(body, 0, false).catch(() => {}) // the page is going: nobody would hear of it
      return true
    },
  }
}
