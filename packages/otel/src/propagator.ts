// propagator.ts: trace context and baggage in and out of carriers, unless the visitor has refused.

import type { TextMapPropagator } from '@opentelemetry/api'
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core'
import { toStranger, type Host } from './span.ts'

/**
 * W3C Trace Context and W3C Baggage, by OpenTelemetry's own propagators. Nothing is injected where
 * consent is denied. To which origins it goes is the instrumentation's choice, as in any OpenTelemetry.
 */
export const createPropagator = ({ headers }: Pick<Host, 'headers'>): TextMapPropagator => {
  const propagator = new CompositePropagator({
    propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
  })
  const probe = toStranger({}, () => {})
  // What may not even go to the page's own origin may go nowhere.
  const may = () => !headers || !!headers(probe, new URL(location.href))
  return {
    inject: (context, carrier, setter) => {
      if (may()) propagator.inject(context, carrier, setter)
    },
    extract: (context, carrier, getter) => propagator.extract(context, carrier, getter),
    fields: () => propagator.fields(),
  }
}
