// add-event.ts: something that happened, wherever it belongs.

import type { Lightspan } from './handle.ts'
import type { Attributes } from './trace/record.ts'

/** Notes an event on the active span, or on a span of that name where none is active. Never throws. */
export const addEvent = (
  { active, startSpan }: Pick<Lightspan, 'active' | 'startSpan'>,
  name: string,
  attributes: Attributes = {},
): void => {
  const span = active()
  if (span) span.addEvent(name, attributes)
  else startSpan(name).addEvent(name, attributes).end()
}
