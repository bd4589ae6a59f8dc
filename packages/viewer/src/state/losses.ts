// losses.ts: what senders said that they had lost, in words.

import type { ServiceSummary } from '../api/model.ts'

/** What the reasons that a page gives mean (docs/transport.md, "What is lost is told"). */
const meanings: Record<string, string> = {
  queue: 'more waited than a page keeps',
  minute: 'more came in a minute than a page sends',
  trace: 'their trace had more spans than a page sends of one',
  invalid: 'their batch could not be written',
  refused: 'the collector did not take their batch',
  rejected: 'left out of a batch that was taken',
  overhead: 'left out by the page, which they cost too much',
  offline: 'waited for a network longer, or in a greater number, than was to be kept',
}

/** Spans that were lost before they came here. */
export interface Losses {
  spans: number
  /** `12 queue, 3 refused`: most first. */
  text: string
  /** A line for each reason, with what it means where that is known. */
  explained: string
}

/** Adds up what was lost of `service`, or of all; undefined where nothing was. */
export const lossesOf = (
  services: readonly Pick<ServiceSummary, 'name' | 'dropped'>[],
  service = '',
): Losses | undefined => {
  const byReason = new Map<string, number>()
  for (const { name, dropped = {} } of services)
    if (!service || name == service)
      for (const [reason, count] of Object.entries(dropped))
        byReason.set(reason, (byReason.get(reason) ?? 0) + count)
  const reasons = [...byReason].filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1])
  if (!reasons.length) return
  return {
    spans: reasons.reduce((sum, [, count]) => sum + count, 0),
    text: reasons.map(([reason, count]) => `${count.toLocaleString('en')} ${reason}`).join(', '),
    explained: reasons
      .map(([reason]) => (meanings[reason] ? `${reason}: ${meanings[reason]}` : reason))
      .join('\n'),
  }
}
