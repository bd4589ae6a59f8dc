// frustration.ts: rage clicks and dead clicks, as far as they can be told.

import { listen } from '../browser/listen.ts'
import { nameOf } from '../browser/name-of.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'
import { spanAt } from '../trace/recall.ts'

/** So many clicks on one control within so many ms are rage. */
const rageFrom = 3
const rageWithin = 1000

/** How long a control may take to show that it heard, in ms. */
const patience = 1000

const controls = 'button,a[href],summary,[role=button],[role=link],[role=tab],input[type=submit]'

/**
 * Marks, in spans of their own, clicks in anger (`rage click`) and clicks on controls after which nothing
 * was requested, shown, scrolled or navigated to within a second (`dead click`, an inference).
 */
export const frustrationSpans = (): Instrumentation => (tracer) => {
  const recent: [name: string, time: number][] = []
  const watched = new Set<() => void>()

  const watch = (name: string, start: number) => {
    let alive = false
    const observer = new MutationObserver(() => {
      alive = true
      end()
    })
    observer.observe(document, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    })
    const undo = listen(globalThis, ['scroll', 'focusin', 'pagehide', 'popstate'], () => {
      alive = true
    })
    const end = () => {
      clearTimeout(timer)
      observer.disconnect()
      undo()
      watched.delete(end)
    }
    const timer = setTimeout(() => {
      end()
      const span = spanAt(tracer, start)
      if (alive || span?.children) return
      tracer
        .start('dead click ' + name, {
          parent: null,
          start,
          attributes: { 'lightspan.inferred': true },
        })
        .end()
    }, patience)
    watched.add(end)
  }
  const undo = listen(globalThis, ['click'], (event) => {
    const { isTrusted, timeStamp } = event
    const [target] = event.composedPath()
    if (!isTrusted || !(target instanceof Element)) return
    const name = nameOf(target)
    recent.push([name, timeStamp])
    while (timeStamp - recent[0]![1] > rageWithin) recent.shift()
    const same = recent.filter(([it]) => it == name)
    if (same.length == rageFrom)
      tracer.start('rage click ' + name, { parent: null, start: same[0]![1] }).end()
    if (target.closest(controls)) watch(name, timeStamp)
  })
  return () => {
    undo()
    watched.forEach((end) => end())
  }
}
