// web-socket.ts: WebSocket connections: how long they took to open and lasted, what they carried, how they ended.

import { attempt } from '../browser/attempt.ts'
import { byteSize } from '../browser/byte-size.ts'
import { listen } from '../browser/listen.ts'
import { standIn } from '../browser/stand-in.ts'
import { createConnections, type Connection } from '../trace/connection.ts'
import type { Instrumentation, PageTracer } from '../trace/instrumentation.ts'

interface Known {
  connection: Connection
  /** The app has asked for the end: no failure, whatever becomes of it. */
  closing?: boolean
  forget: () => void
}

// The sockets that are watched, and what ends watching all of them.
const createSockets = (tracer: PageTracer) => {
  const [start, endAll] = createConnections(tracer, 'WebSocket')
  const known = new Map<WebSocket, Known>()

  const hear = ({ connection, closing, forget }: Known, event: Event) => {
    const { type } = event
    if (type == 'open') connection.opened()
    if (type == 'message') connection.count('received', byteSize((event as MessageEvent).data))
    if (type != 'close') return
    const { code, wasClean } = event as CloseEvent
    forget()
    connection.end(
      {
        'lightspan.connection.close_code': code,
        'lightspan.connection.clean': wasClean,
        'lightspan.ended_by': closing ? 'abort' : undefined,
      },
      wasClean || closing ? undefined : `${code}`,
    )
  }
  const watch = (socket: WebSocket) => {
    const connection = start(new URL(socket.url))
    if (!connection) return
    const undo = listen(socket, ['open', 'message', 'close'], (event) => hear(it, event))
    const forget = () => {
      undo()
      known.delete(socket)
    }
    const it: Known = { connection, forget }
    known.set(socket, it)
  }
  const stop = () => {
    known.forEach(({ forget }) => forget())
    endAll('stop')
  }
  return { known, watch, stop, leave: () => endAll('leave') }
}

/**
 * Traces WebSocket: `WebSocket connect` from the constructor to the open connection, and `WebSocket`, a
 * trace of its own, to its end, with numbers and bytes of messages. Messages are not looked at.
 */
export const webSocketSpans = (): Instrumentation => (tracer) => {
  const { WebSocket: Native } = globalThis as Partial<typeof globalThis>
  if (!Native) return () => {}
  const { known, watch, stop, leave } = createSockets(tracer)
  const undo = [
    standIn(globalThis, 'WebSocket', {
      construct: (target, args, newTarget) => {
        const socket = Reflect.construct(target, args, newTarget) as WebSocket
        attempt(() => watch(socket))
        return socket
      },
    }),
    standIn(Native.prototype, 'send', {
      apply: (target, socket: WebSocket, args) => {
        const it = known.get(socket)
        // What it grows by is what is sent, in bytes, and the text needs no second look.
        const before = it && socket.bufferedAmount
        const result: unknown = Reflect.apply(target, socket, args)
        // once it closes, the platform throws away what it is given
        if (it && socket.readyState == 1)
          it.connection.count('sent', socket.bufferedAmount - before!)
        return result
      },
    }),
    standIn(Native.prototype, 'close', {
      apply: (target, socket: WebSocket, args) => {
        const result: unknown = Reflect.apply(target, socket, args)
        const it = known.get(socket)
        if (it) it.closing = true
        return result
      },
    }),
    listen(globalThis, ['pagehide'], leave),
    stop,
  ]
  return () => undo.forEach((each) => each())
}
