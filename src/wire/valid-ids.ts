// valid-ids.ts: whether a decoded span may be handed on.

import { isId } from './check-compact.ts'
import type { OtlpSpan } from './otlp.ts'

/**
 * Whether all ids of a span that `decodeCompact` gave are ids (W3C Trace Context Level 2, sections 3.2.2.3 and
 * 3.2.2.4). Receivers of OTLP may refuse a whole request for one that is none. Never throws.
 */
export const validIds = ({ traceId, parentSpanId, links = [] }: OtlpSpan): boolean =>
  isId(traceId, 32) &&
  (!parentSpanId || isId(parentSpanId, 16)) &&
  links.every((link) => isId(link.traceId, 32) && isId(link.spanId, 16))
