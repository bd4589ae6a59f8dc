// drops.ts: counts what is lost, so that the receiver hears of it.

/** Spans that were lost, by reason. */
export type Drops = { [reason: string]: number }

/**
 * @returns what counts; what is told with a batch, and counts no more; and what counts the last that was
 *   told once more, for nobody took that batch; and whether anything is to be told, which is
 *   of no use to a receiver that does not hear it (`tells`).
 */
export const createDrops = (tells: boolean) => {
  let lost: Drops | undefined
  let told: Drops | undefined
  const drop = (reason = 'queue', count = 1) => {
    if (count) (lost ||= {})[reason] = (lost[reason] || 0) + count
  }
  const tell = () => {
    told = lost
    lost = undefined
    return told
  }
  const untell = () => {
    for (const reason in told) drop(reason, told[reason])
  }
  return [drop, tell, untell, () => tells && lost] as const
}
