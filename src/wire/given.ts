// given.ts: what code that nobody has type-checked gave, as something of its kind: else it would spoil the batch.

/** Arrays within arrays that a receiver reads. */
export const deepest = 8

/** Whatever it is as text; never throws. */
export const textOf = (value: unknown): string => {
  try {
    return String(value)
  } catch {
    return typeof value
  }
}

/**
 * A time in ms; what is none is 0. One so far away that two of them and the origin are beyond 64 bits of ns is nearer, but
 * far enough in the future for a receiver to leave the span out, and to say so.
 */
export const timeOf = (time: unknown): number =>
  typeof time == 'number' && time == time ? Math.min(8e12, Math.max(-5e11, time)) : 0

/** The kind of a span; 0 for what is none. */
export const kindOf = (kind: number): number => [1, 2, 3, 4, 5].indexOf(kind) + 1
