// web-transport.ts: WebTransport sessions, where the engine has them: opening, life and end.

import { attempt } from '../browser/attempt.ts'
import { listen } from '../browser/listen.ts'
import { standIn } from '../browser/stand-in.ts'
import { createConnections } from '../trace/connection.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'

// Not in every TypeScript library yet.
interface Session {
  ready: Promise<unknown>
  closed: Promise<{ closeCode?: number }>
}

/**
 * Traces WebTransport: `WebTransport connect` until it is ready, and `WebTransport`, a trace of its own,
 * until it is closed. Its streams are the page's, and not counted: that would take reading them.
 */
export const webTransportSpans = (): Instrumentation => (tracer) => {
  const [start, endAll] = createConnections(tracer, 'WebTransport')
  const watch = ({ ready, closed }: Session, address: unknown) => {
    const connection = start(new URL(`${address as string}`, document.baseURI))
    if (!connection) return
    const failed = (error: unknown) =>
      connection.end({}, (Object(error) as Partial<Error>).name || 'error')
    // Both promises count as handled (WebTransport, "initialize"): nobody misses a rejection for us.
    ready.then(connection.opened, failed)
    closed.then(
      ({ closeCode }) =>
        connection.end({
          'lightspan.connection.close_code': closeCode,
          'lightspan.connection.clean': true,
        }),
      failed,
    )
  }
  const undo = [
    standIn(globalThis, 'WebTransport', {
      construct: (target, args, newTarget) => {
        const session = Reflect.construct(target, args, newTarget) as Session
        attempt(() => watch(session, args[0]))
        return session
      },
    }),
    listen(globalThis, ['pagehide'], () => endAll('leave')),
    () => endAll('stop'),
  ]
  return () => undo.forEach((each) => each())
}
