// gate.ts: what a worker records goes out, waits or vanishes, by what the user has said.

import type { SpanRecord } from 'lightspan/core'
import type { Consent } from './options.ts'

/** Spans that wait for an answer. */
const most = 500

/** What stands between the tracer and the exporter. */
export interface Gate {
  pass: (span: SpanRecord) => void
  /** Whether trace context may go along with requests. */
  mayPropagate: () => boolean
  setConsent: (answer: Consent) => void
}

/** Builds the gate. `drop` is told of each span that found no room to wait, once the user has agreed. */
export const createGate = (
  consent: Consent,
  add: (span: SpanRecord) => void,
  drop: () => void,
): Gate => {
  let said = consent
  let waiting: SpanRecord[] = []
  let missed = 0
  return {
    pass: (span) => {
      if (said == 'granted') add(span)
      else if (said == 'pending' && waiting.length < most) waiting.push(span)
      else if (said == 'pending') missed++
    },
    mayPropagate: () => said != 'denied',
    setConsent: (answer) => {
      said = answer
      if (answer == 'pending') return
      const spans = waiting
      waiting = []
      if (answer == 'granted') spans.forEach(add)
      for (; missed; missed--) if (answer == 'granted') drop()
    },
  }
}
