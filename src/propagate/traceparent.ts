// traceparent.ts: reads W3C trace context, this one header, nothing else.

import type { SpanContext } from '../trace/span.ts'

/**
 * Reads a `traceparent`.
 * @returns the parent, or undefined where the header must be ignored: wrong form, version ff,
 * all-zero ids, or a version 00 that goes on after its flags.
 */
export const parseTraceparent = (header: string | null | undefined): SpanContext | undefined => {
  const match = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/.exec(
    (header || '').trim(),
  )
  if (!match) return
  const [, version, traceId, spanId, flags, more] = match as unknown as string[]
  if (version == 'ff' || (version == '00' && more !== undefined)) return
  if (/^0+$/.test(traceId!) || /^0+$/.test(spanId!)) return
  return { traceId: traceId!, spanId: spanId!, flags: parseInt(flags!, 16) & 3 }
}
