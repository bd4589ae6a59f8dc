// user-timing.ts: the page's own measures and marks, as far as they are wanted.

import { observe } from '../browser/observe.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'
import { spanAt } from '../trace/recall.ts'

/** The most measures that one page records. */
const most = 500

/**
 * Records `performance.measure` as spans and `performance.mark` as spans without duration, under whatever
 * was going on at the time.
 * @param wanted whether a name is wanted: libraries measure a lot of their own.
 */
export const userTiming =
  (wanted: (name: string) => boolean): Instrumentation =>
  (tracer) => {
    let left = most
    const record = ({ name, startTime, duration, entryType }: PerformanceEntry) => {
      if (!wanted(name) || left-- <= 0) return
      tracer
        .start(`${entryType} ${name}`, {
          parent: spanAt(tracer, startTime) || null,
          start: startTime,
        })
        .end(startTime + duration)
    }
    return observe(['measure', 'mark'], (entries) => entries.forEach(record))
  }
