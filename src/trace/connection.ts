// connection.ts: a connection that stays, as two spans: one of opening it, and one, linked, of its life.

import type { PageTracer } from './instrumentation.ts'
import type { Attributes } from './record.ts'
import type { Span } from './span.ts'

/** The most connections of one kind that one page records: whoever cannot connect tries for ever. */
const most = 200

/** What instrumentations tell of a connection. */
export interface Connection {
  /** It is open, for the first time or again. */
  opened: () => void
  /** One message went or came. `bytes` undefined: nobody knows. */
  count: (way: 'sent' | 'received', bytes: number | undefined) => void
  /** The platform connects again by itself. */
  retried: () => void
  /** It is over. `error` is its `error.type`, where that was a failure. */
  end: (attributes: Attributes, error?: string) => void
}

/**
 * Starts spans of connections. What opens one may wait for it, so that is a child like any request; what
 * it carries later is nobody's child: a trace of its own, which lasts as long as the connection.
 * @returns what starts one, and what ends all that are left, saying by what.
 */
export const createConnections = (tracer: PageTracer, name: string) => {
  const left = new Set<Connection>()
  let room = most

  const start = (url: URL): Connection | undefined => {
    if (room-- <= 0) return
    const attributes: Attributes = {
      'url.full': tracer.redact(url),
      'server.address': url.hostname,
      'server.port': +url.port || (/^(https|wss):/.test(url.protocol) ? 443 : 80),
    }
    const connect = tracer.start(`${name} connect`, { kind: 3, attributes })
    let span: Span | undefined
    const add = (key: string, more: number | undefined) => {
      const { attributes: sums } = span || connect
      if (more !== undefined) sums[key] = +(sums[key] || 0) + more
    }
    const connection: Connection = {
      opened: () => {
        span ||= tracer.start(name, { kind: 3, parent: null, attributes }).addLink(connect)
        connect.end()
      },
      count: (way, bytes) => {
        add(`lightspan.connection.${way}_messages`, 1)
        add(`lightspan.connection.${way}_bytes`, bytes)
      },
      retried: () => add('lightspan.connection.retries', 1),
      end: (more, error) => {
        left.delete(connection)
        const it = (span || connect).setAttributes(more)
        if (error) it.setAttribute('error.type', error).setStatus('error')
        it.end()
      },
    }
    left.add(connection)
    return connection
  }
  return [
    start,
    (by: string) => left.forEach((it) => it.end({ 'lightspan.ended_by': by })),
  ] as const
}
