// scatter.ts: traces as points, time across and duration (logarithmic) up.

import type { TraceSummary } from '../api/model.ts'
import { decades } from './ticks.ts'

export interface Point {
  trace: TraceSummary
  /** 0 is the left edge, 1 the right. */
  x: number
  /** 0 is the top, 1 the bottom. */
  y: number
  /** The side on which its start is out of sight; it stands at that edge then. */
  beyond?: 'left' | 'right'
}

export interface Scatter {
  points: Point[]
  /** The durations in ms that get a line, and where. */
  lines: { duration: number; y: number }[]
}

/** The shortest duration that is told apart, in ms. */
const shortest = 0.01

/** More lines than that would write their labels over one another. */
const mostLines = 6

const linesWithin = (from: number, to: number) => {
  const all = decades(from, to)
  const every = Math.ceil(all.length / mostLines)
  return all.filter((_, n) => n % every == 0)
}

/** How far along a logarithmic meter a duration lies between the list's shortest and longest: 0..1. */
export const meter = (duration: number, least: number, most: number): number => {
  const [low, at, high] = [least / 2, duration, most].map((it) => Math.log(Math.max(shortest, it)))
  return low === undefined || at === undefined || high === undefined || high <= low
    ? 1
    : (at - low) / (high - low)
}

// A trace of which some span starts in time is in the list, though it may have begun before.
const across = (at: number): Pick<Point, 'x' | 'beyond'> =>
  at < 0 ? { x: 0, beyond: 'left' } : at > 1 ? { x: 1, beyond: 'right' } : { x: at }

/** Places traces along [from, to] (ms since the Unix epoch); those that began before or after at the edge. */
export const scatter = (traces: readonly TraceSummary[], from: number, to: number): Scatter => {
  const known = traces.map((it) => Math.max(shortest, it.duration))
  const least = Math.min(...known, 1e9)
  const most = Math.max(...known, shortest)
  // a little air, and never less than a factor of ten: two equal durations are no dramatic slope
  const low = Math.log10(Math.min(least / 1.5, most / 15))
  const high = Math.log10(most * 1.5)
  const y = (duration: number) =>
    1 - (Math.log10(Math.max(shortest, duration)) - low) / (high - low)
  const x = (start: number) => (start - from) / (to - from || 1)
  return {
    points: traces
      .map((trace): Point => ({ trace, ...across(x(trace.start)), y: y(trace.duration) }))
      // errors last, so that they lie on top
      .sort((a, b) => Number(a.trace.errors > 0) - Number(b.trace.errors > 0)),
    lines: traces.length
      ? linesWithin(10 ** low, 10 ** high).map((duration) => ({ duration, y: y(duration) }))
      : [],
  }
}
