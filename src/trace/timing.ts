// timing.ts: what the platform measured of a request, on the span of that request.

import type { Span } from './span.ts'

/** As much of a ResourceTiming or navigation entry as the engine has. */
export type Timing = Partial<PerformanceResourceTiming & { deliveryType: string }>

// Names of the W3C Resource Timing processing model, in its order.
const phases = [
  'redirectStart',
  'redirectEnd',
  'workerStart',
  'domainLookupStart',
  'domainLookupEnd',
  'connectStart',
  'secureConnectionStart',
  'connectEnd',
  'requestStart',
  'responseStart',
] as const

/**
 * Adds size, protocol, where the response came from, what the server said about its time, and each phase
 * that took place as an event. What another origin does not allow to be seen is 0, and left out.
 */
export const setTiming = (span: Span, entry: Timing): void => {
  const {
    workerStart,
    fetchStart,
    deliveryType,
    nextHopProtocol,
    encodedBodySize,
    serverTiming = [],
  } = entry
  span.setAttributes({
    'http.response.body.size': encodedBodySize || undefined,
    'network.protocol.version': nextHopProtocol?.replace(/^(http\/|h)(?=\d)/, '') || undefined,
    // what a service worker has fetched or made is `cache` to Chromium too
    'lightspan.delivery': ((!workerStart || deliveryType != 'cache') && deliveryType) || undefined,
    'lightspan.server_timing': serverTiming.length
      ? serverTiming.map((it) => `${it.name};dur=${it.duration};desc=${it.description}`)
      : undefined,
  })
  for (const phase of phases)
    // the phases of a connection that was there already all say `fetchStart`, and a redirect does end there; WebKit gives
    // what it has from a cache times from before the page
    if (entry[phase]! > 0 && (entry[phase] != fetchStart || phase == 'redirectEnd'))
      span.addEvent(phase, {}, entry[phase])
}
