// compact-answer.ts: what the sender of a compact batch is told (docs/transport.md, "What a receiver answers").

/** The body of a 200: OTLP's partial success, our clock, and the rate that a service is to sample at. */
export const compactAnswer = (
  rejected: number,
  reason: string,
  sample: number | undefined,
): string => {
  const partialSuccess = { rejectedSpans: String(rejected), errorMessage: reason }
  const now = performance.timeOrigin + performance.now()
  return JSON.stringify({
    now: Math.round(now * 1e3) / 1e3,
    ...(sample !== undefined && { sample }),
    ...(rejected && { partialSuccess }),
  })
}
