// time-window.ts: a window of time in SQL, and ms as the store has them.

import type { Bound } from './reader.ts'
import type { Window } from './store.ts'

/** ms as whole ns, exact to the µs. */
export const nanos = (ms: number) => BigInt(Math.round(ms * 1e3)) * 1000n

/** A duration of up to 1e12 ms as whole ns. */
export const nanosLong = (ms: number) => BigInt(Math.round(ms * 1e6))

/** ns as ms with six decimals: ns are kept. */
export const millis = (ns: unknown) => Number(ns) / 1e6

/** ns since the epoch as ms, exact to the µs: a double has no more, and would make up decimals. */
export const momentOf = (ns: unknown) => Number((ns as bigint) / 1000n) / 1e3

/** The condition that a span starts within the window of `bindWindow`. */
export const inWindow = 'start_ns BETWEEN $from AND $to'
export const bindWindow = ({ from, to }: Window): Bound => ({ from: nanos(from), to: nanos(to) })

/** The end of a span, no earlier than its start: senders leave it out (0), or set back their clocks. */
export const end = 'greatest(start_ns, end_ns)'

/** How long a span lasted, in ns, never below 0. */
export const length = `(${end} - start_ns)`
