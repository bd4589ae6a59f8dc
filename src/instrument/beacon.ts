// beacon.ts: what the page sends by `navigator.sendBeacon`.

import { attempt } from '../browser/attempt.ts'
import { byteSize } from '../browser/byte-size.ts'
import { standIn } from '../browser/stand-in.ts'
import { sharedSlot } from '../trace/context.ts'
import { startHttpSpan } from '../trace/http.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'

/**
 * Traces beacons as client spans. A beacon can carry no trace context, and nobody hears its answer: the span
 * ends when the platform has taken it, or has refused. Lightspan's own are not traced.
 */
export const beaconSpans = (): Instrumentation => (tracer) => {
  const { Navigator: Native } = globalThis as Partial<typeof globalThis>
  if (!Native) return () => {}
  const record = ([address, body]: unknown[], start: number, taken: boolean) => {
    const url = new URL(`${address as string}`, document.baseURI)
    if (sharedSlot().ingest?.[url.href]) return
    const span = startHttpSpan(tracer, 'POST', url, { start })
    span.setAttributes({
      'http.request.body.size': byteSize(body),
      'lightspan.ended_at': 'queue',
    })
    if (!taken) span.setAttribute('error.type', 'refused').setStatus('error')
    span.end()
  }
  return standIn(Native.prototype, 'sendBeacon', {
    apply: (target, self, args) => {
      const start = tracer.now()
      const taken = Reflect.apply(target, self, args) as boolean
      attempt(() => record(args, start, taken))
      return taken
    },
  })
}
