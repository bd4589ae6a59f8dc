// messages.ts: the active span goes along with a message, in an envelope that both sides have agreed on.

import type { Context, Span, Tracer } from 'lightspan/core'
import { parseTraceparent, parseTracestate } from 'lightspan/core'

/** What messages are posted to: a worker, a port, a service worker, a window. */
export interface MessageTarget {
  postMessage: (message: never, transfer: Transferable[]) => void
}

/** What has an active span: a handle of `start` or `startWorker`, or a tracer. */
export interface Active {
  active: () => Span | undefined
}

/** Where messages are heard, and how. */
export interface Listening {
  tracer: Pick<Tracer, 'start'> & Pick<Context, 'run'>
  target: EventTarget
  /** Gets each message as it was sent. Spans that it makes are children of the sender's. */
  hear: (data: unknown, event: MessageEvent) => void
  /** Where given, each message of an envelope is heard in a span of this name. */
  name?: string | undefined
}

// A key that no message has by chance; the version says how the rest is to be read.
const mark = 'lightspan.message.v1'

interface Envelope {
  [mark]: string
  /** The weight of what is sampled, and what other tracing systems say (W3C `tracestate`). */
  state?: unknown
  message: unknown
}

const isEnvelope = (data: unknown): data is Envelope =>
  typeof data == 'object' && data !== null && typeof (data as Envelope)[mark] == 'string'

/**
 * Posts `message` with the active span's place, to somebody who listens with `hearMessages`. Where no
 * span is active it is posted as it is. What is transferred stays so. Throws what `postMessage` throws.
 */
export const postWithContext = (
  { active }: Active,
  target: MessageTarget,
  message: unknown,
  transfer: Transferable[] = [],
): void => {
  const span = active()
  const envelope = span && { [mark]: span.traceparent(), state: span.traceState, message }
  target.postMessage((envelope ?? message) as never, transfer)
}

/**
 * Listens for messages of `postWithContext`, and runs `hear` in the context that they bring. Messages
 * without an envelope are heard as they are, in none. Call `start()` of a port yourself.
 * @returns what stops listening.
 */
export const hearMessages = ({ tracer, target, hear, name }: Listening): (() => void) => {
  const listener = (event: Event) => {
    const { data } = event as MessageEvent<unknown>
    if (!isEnvelope(data)) return hear(data, event as MessageEvent)
    const parent = parseTraceparent(data[mark])
    const { message, state } = data
    if (!parent) return hear(message, event as MessageEvent)
    const span = tracer.start(name ?? 'message', {
      kind: 5,
      parent: { ...parent, traceState: parseTracestate(typeof state == 'string' ? state : '') },
    })
    try {
      tracer.run(span, () => hear(message, event as MessageEvent))
    } catch (error) {
      span.recordError(error)
      throw error
    } finally {
      span.end()
    }
  }
  target.addEventListener('message', listener)
  return () => target.removeEventListener('message', listener)
}
