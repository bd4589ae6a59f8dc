// event-source.ts: EventSource connections: how long they took to open and lasted, what came, how they ended.

import { attempt } from '../browser/attempt.ts'
import { byteSize } from '../browser/byte-size.ts'
import { listen } from '../browser/listen.ts'
import { patch } from '../browser/patch.ts'
import { standIn } from '../browser/stand-in.ts'
import { createConnections } from '../trace/connection.ts'
import type { Instrumentation, PageTracer } from '../trace/instrumentation.ts'

/** `EventSource.readyState` of one that has given up. */
const closed = 2

interface Known {
  end: (by?: string) => void
  /** The page listens to messages of this type. */
  type: (name: string) => void
}

// The sources that are watched, and what watches one.
const createSources = (tracer: PageTracer) => {
  const [start, endAll] = createConnections(tracer, 'EventSource')
  const known = new Map<EventSource, Known>()

  const watch = (source: EventSource) => {
    const connection = start(new URL(source.url))
    if (!connection) return
    const types = new Set(['open', 'error'])
    const end = (by?: string) => {
      undo.forEach((each) => each())
      known.delete(source)
      connection.end({ 'lightspan.ended_by': by }, by ? undefined : 'error')
    }
    const undo = [
      listen(source, ['open', 'error'], ({ type }) => {
        if (type == 'open') connection.opened()
        else if (source.readyState == closed) end()
        else connection.retried()
      }),
    ]
    const count = (event: Event) =>
      connection.count('received', byteSize((event as MessageEvent).data))
    const type = (name: string) => {
      if (types.has(name)) return
      types.add(name)
      undo.push(listen(source, [name], count))
    }
    type('message')
    known.set(source, { end, type })
  }
  return { known, watch, leave: () => endAll('leave') }
}

/**
 * Traces EventSource: `EventSource connect` from the constructor to the first answer, and `EventSource`, a
 * trace of its own, until it is closed, with numbers and bytes of messages: of all without a type, and of
 * those types that the page listens to.
 */
export const eventSourceSpans = (): Instrumentation => (tracer) => {
  const { EventSource: Native } = globalThis as Partial<typeof globalThis>
  if (!Native) return () => {}
  const { known, watch, leave } = createSources(tracer)
  const undo = [
    standIn(globalThis, 'EventSource', {
      construct: (target, args, newTarget) => {
        const source = Reflect.construct(target, args, newTarget) as EventSource
        attempt(() => watch(source))
        return source
      },
    }),
    standIn(Native.prototype, 'close', {
      apply: (target, source: EventSource, args) => {
        known.get(source)?.end('abort')
        return Reflect.apply(target, source, args) as unknown
      },
    }),
    patch(
      Native.prototype,
      'addEventListener',
      (original) =>
        function (this: EventSource, ...args: unknown[]) {
          attempt(() => typeof args[0] == 'string' && known.get(this)?.type(args[0]))
          Reflect.apply(original, this, args)
        },
    ),
    listen(globalThis, ['pagehide'], leave),
    () => known.forEach(({ end }) => end('stop')),
  ]
  return () => undo.forEach((each) => each())
}
