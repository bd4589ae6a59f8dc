// time-window.ts: a window of time in SQL, and ms as the store has them.

import type { Bound } from './reader.ts'
import type { Window } from './store.ts'

/** ms as whole ns, exact to the µs. */
export const nanos = (ms: number) => BigInt(Math.round(ms * 1e3)) * 1000n

/** ns as ms with six decimals: ns are kept. */
export const millis = (ns: unknown) => Number(ns) / 1e6

/** The condition that a span starts within the window of `bindWindow`. */
export const inWindow = 'start_ns BETWEEN $from AND $to'
export const bindWindow = ({ from, to }: Window): Bound => ({ from: nanos(from), to: nanos(to) })
