// sampling.ts: consistent probability, decided by the trace's own random bits.

/**
 * Whether a trace belongs to the `rate` (0..1) that is recorded. Every party that decides by the
 * right-most 56 bits (W3C Trace Context Level 2, "random" flag; OTel probability sampling) agrees.
 */
export const sampledAt = (rate: number, traceId: string): boolean =>
  parseInt(traceId.slice(-14), 16) >= (1 - rate) * 2 ** 56
