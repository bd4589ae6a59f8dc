// instrumentation.ts: what an instrumentation is, and what it is given.

import type { StackContext } from './context.ts'
import type { Span } from './span.ts'
import type { Timing } from './timing.ts'
import type { Tracer } from './tracer.ts'
import type { Address } from './url.ts'

/** Of a URL, where a request goes. */
export type Asked = Pick<URL, 'origin' | 'pathname'>

/** A tracer as instrumentations of a page see it. */
export interface PageTracer
  extends Tracer, Pick<StackContext, 'enter' | 'setView' | 'view' | 'noted' | 'told'> {
  redact: (url: Address) => string
  /** The headers of trace context that a request to `url` may carry; none where it may not. */
  headers: (span: Span, url: Asked) => Record<string, string> | undefined
  /**
   * Tells how a request went that carried such headers: `false` where no response came at all. A foreign
   * origin, or a route of the page's own, that never answered one gets none any more.
   */
  answered?: ((url: Asked, answered: boolean) => void) | undefined
  /** Notes on a span what the platform measured of its request. */
  timing?: ((span: Span, entry: Timing) => void) | undefined
  /**
   * Does work that is no part of what the page waits for: within 80 ms (a second while the page
   * loads), or as the page goes. Never throws.
   */
  later: (work: () => void) => void
  /** What instrumentations of requests share. */
  requests?: unknown
  /**
   * What sends: counts spans that were lost, by reason, and holds a `Transport`, whose methods an
   * instrumentation may wrap.
   */
  exporter: { drop: (reason?: string, count?: number) => void; transport: object }
  /** Whether the user agreed, as it stands. */
  consent: () => 'granted' | 'denied' | 'pending'
  /** Hears the user's answer, and may be wrapped by whoever has to hear it too. */
  setConsent: (consent: 'granted' | 'denied' | 'pending') => void
  /** Whether this tab sees the id for the first time: what a server's cache repeats is refused as parent. */
  claim?: ((id: string) => boolean) | undefined
}

/**
 * Starts to observe; what it returns puts everything back. What it ends as the page goes is in the last
 * batch when it listens in the capture phase.
 */
export type Instrumentation = (tracer: PageTracer) => () => void
