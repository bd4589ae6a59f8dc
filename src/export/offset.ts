// offset.ts: how far this page's time line is from the receiver's clock, and how sure that is.

/** How long a measurement stands against a less certain one, in ms. */
const lasting = 600_000

/**
 * Measures as NTP does, from when a batch was sent, when it was answered and what the receiver's clock
 * said meanwhile. The most certain measurement counts until it is old.
 * @returns what takes a measurement, all in ms since the epoch; and the attributes of the resource.
 */
export const createOffset = () => {
  let until = 0
  let least = Infinity
  let attributes = {}
  const note = (sent: number, received: number, theirs: number) => {
    const uncertainty = Math.ceil((received - sent) / 2)
    if (uncertainty > least && received < until) return
    least = uncertainty
    until = received + lasting
    attributes = {
      'lightspan.clock.offset': Math.round(theirs - (sent + received) / 2),
      'lightspan.clock.uncertainty': uncertainty,
    }
  }
  return [note, () => attributes] as const
}
