// Public API, made by `npm run api`. A change here is a change for users: see CONTRIBUTING.md.

import { Tracer, Context, WithSpan, Attributes, Target, Span } from 'lightspan/core'

/** What messages are posted to: a worker, a port, a service worker, a window. */
interface MessageTarget {
  postMessage: (message: never, transfer: Transferable[]) => void
}
/** What has an active span: a handle of `start` or `startWorker`, or a tracer. */
interface Active {
  active: () => Span | undefined
}
/** Where messages are heard, and how. */
interface Listening {
  tracer: Pick<Tracer, 'start'> & Pick<Context, 'run'>
  target: EventTarget
  /** Gets each message as it was sent. Spans that it makes are children of the sender's. */
  hear: (data: unknown, event: MessageEvent) => void
  /** Where given, each message of an envelope is heard in a span of this name. */
  name?: string | undefined
}
/**
 * Posts `message` with the active span's place, to somebody who listens with `hearMessages`. Where no
 * span is active it is posted as it is. What is transferred stays so. Throws what `postMessage` throws.
 */
declare const postWithContext: (
  { active }: Active,
  target: MessageTarget,
  message: unknown,
  transfer?: Transferable[],
) => void
/**
 * Listens for messages of `postWithContext`, and runs `hear` in the context that they bring. Messages
 * without an envelope are heard as they are, in none. Call `start()` of a port yourself.
 * @returns what stops listening.
 */
declare const hearMessages: ({ tracer, target, hear, name }: Listening) => () => void

/** Options of `startWorker`; each means what it means for `start`. */
interface WorkerOptions {
  service: string
  version?: string | undefined
  environment?: string | undefined
  /** Default: `/v1/spans` of the worker's own origin. */
  url?: string | undefined
  key?: string | undefined
  propagateTo?: readonly Target[] | undefined
  /** Share of traces that begin here and are recorded, 0..1. What comes from a page is decided there. */
  sample?: number | undefined
  attributes?: Attributes | undefined
  /**
   * The user's answer as far as the page knows it. `pending`: spans wait here, 500 at most, until
   * `setConsent` tells. `denied`: nothing is recorded, sent or propagated. Default `granted`.
   */
  consent?: Consent | undefined
}
/** What the user has said. */
type Consent = 'granted' | 'denied' | 'pending'

/** A running Lightspan of a worker. No method throws, but for what the application's own work throws. */
interface WorkerLightspan extends Pick<Tracer, 'active' | 'run'> {
  span: WithSpan
  startSpan: Tracer['start']
  /** The tracer, for `hearMessages`. */
  tracer: Tracer
  /** Sends what waits. Give it to `waitUntil` of a service worker's event. Never rejects. */
  flush: () => Promise<void>
  /** Tells the user's answer: what waits is sent, or forgotten. */
  setConsent: (answer: Consent) => void
  /** Attributes of every span that ends from now on: the page's `session.id`, for example. */
  setAttributes: (attributes: Attributes) => void
  stop: () => void
}
/**
 * Starts Lightspan in a dedicated, shared or service worker. Outside a worker it records nothing, and the
 * handle works on. Never throws.
 */
declare const startWorker: (options: WorkerOptions) => WorkerLightspan

export { hearMessages, postWithContext, startWorker }
export type { Consent, Listening, MessageTarget, WorkerLightspan, WorkerOptions }
