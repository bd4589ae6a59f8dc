// listen.ts: listeners of ours, which never throw into the page.

import { attempt } from './attempt.ts'

/**
 * Listens in the capture phase, passively, to several events.
 * @returns the end of it.
 */
export const listen = (
  target: EventTarget,
  types: readonly string[],
  hear: (event: Event) => void,
  capture = true,
): (() => void) => {
  const safe = (event: Event) => attempt(() => hear(event))
  const options = { capture, passive: true }
  for (const type of types) target.addEventListener(type, safe, options)
  return () => {
    for (const type of types) target.removeEventListener(type, safe, options)
  }
}

/**
 * Calls `leave` when the page may be about to go: hidden first, pagehide second. Not `unload`: it
 * costs the page its back/forward cache. `capture` false: after all that listen in the capture phase.
 */
export const onLeave = (leave: () => void, capture?: boolean): (() => void) =>
  listen(
    globalThis,
    ['visibilitychange', 'pagehide'],
    ({ type }) => {
      if (type == 'pagehide' || document.visibilityState == 'hidden') leave()
    },
    capture,
  )
