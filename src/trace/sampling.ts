// sampling.ts: consistent probability, decided by the trace's own random bits.

import type { Attributes } from './record.ts'

/** The root of a trace, as far as it is known when it begins. */
export interface Root {
  traceId: string
  name: string
  attributes: Attributes
}

/** W3C trace flags of a trace that begins, and its trace state. */
export interface Decision {
  flags: number
  traceState?: string | undefined
}

// OTel probability sampling: of 56 bits of randomness those from the threshold on are recorded. Hex of
// equal length compares as the numbers do, where a double would lose bits.
const threshold = (rate: number) =>
  Math.round((1 - rate) * 2 ** 56)
    .toString(16)
    .padStart(14, '0')

/**
 * Whether a trace belongs to the `rate` (0..1) that is recorded. Every party that decides by the
 * right-most 56 bits (W3C Trace Context Level 2, "random" flag; OTel probability sampling) agrees.
 */
export const sampledAt = (rate: number, randomness: string): boolean =>
  // a rate too small for a double to tell its rest from 1 keeps nothing
  rate >= 1 || (1 - rate < 1 && randomness.slice(-14) >= threshold(rate))

/**
 * Builds what decides for new traces.
 * @param rate the share, or what gives it for a root: the rules.
 * @param randomness the bits to decide by where they are not those of the trace: of the session, so that
 *   a session is recorded whole.
 */
export const createSampler =
  (rate: number | ((root: Root) => number), randomness?: () => string | undefined) =>
  (root: Root): Decision => {
    const share = typeof rate == 'function' ? rate(root) : rate
    const bits = randomness?.()?.slice(-14)
    const sampled = sampledAt(share, bits || root.traceId)
    return {
      flags: sampled ? 3 : 2,
      // Where all are recorded there is no weight to tell.
      traceState:
        sampled && share < 1
          ? `ot=th:${threshold(share).replace(/0+$/, '') || '0'}${bits ? `;rv:${bits}` : ''}`
          : undefined,
    }
  }
