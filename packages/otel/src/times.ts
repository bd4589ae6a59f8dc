// times.ts: OpenTelemetry's three ways to tell a time, on the clock of Lightspan's spans.

import type { HrTime, TimeInput } from '@opentelemetry/api'

/** By how much a time may seem to lie ahead before the wall clock must have jumped, in ms. */
const tolerance = 1000

/** Whether `value` is a time, where attributes may stand in its place. */
export const isTime = (value: unknown): value is TimeInput =>
  typeof value == 'number' ||
  value instanceof Date ||
  (Array.isArray(value) && value.length == 2 && value.every((it) => typeof it == 'number'))

/** ms of an `HrTime`: seconds, and nanoseconds besides. */
export const millisOf = ([seconds, nanos]: HrTime): number => seconds * 1e3 + nanos / 1e6

/**
 * A time in ms on the clock of `performance.now()`; undefined means now and stays so. A number from
 * before the time origin is on that clock already (OTel API, `TimeInput`). Others count from the Unix
 * epoch: OpenTelemetry's own helpers add `timeOrigin`, applications read the wall clock, and where the
 * machine has slept between, only the latter seem to lie ahead.
 */
export const toClock = (time: TimeInput | undefined, now: () => number): number | undefined => {
  if (!isTime(time)) return
  const { timeOrigin } = performance
  if (typeof time == 'number' && time < timeOrigin) return time
  const epoch = Array.isArray(time) ? millisOf(time) : +time
  if (!Number.isFinite(epoch)) return
  const at = epoch - timeOrigin
  return at > now() + tolerance ? epoch - Date.now() + now() : at
}
