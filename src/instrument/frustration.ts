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

// What a link opens or saves elsewhere is nothing that the page shows.
const controls =
  'button,a[href]:not([download],[target=_blank]),summary,[role=button],[role=link],[role=tab],input[type=submit]'

const changes = { subtree: true, childList: true, attributes: true, characterData: true }

// Answers that change nothing in a document.
const answers = [
  'scroll',
  'focusin',
  'toggle',
  'blur',
  'visibilitychange',
  'beforeunload',
  'pagehide',
  'popstate',
]

/**
 * Marks, in spans of their own, clicks in anger (`rage click`) and clicks on controls after which nothing
 * was requested, shown, scrolled or navigated to within a second (`dead click`, an inference).
 */
export const frustrationSpans = (): Instrumentation => (tracer) => {
  // Of one control without a pause, none once they were told of.
  let recent: number[] | undefined
  let last: readonly [name: string, time: number] = ['', -rageWithin]
  const watched = new Set<() => void>()

  const watch = (name: string, start: number, path: EventTarget[]) => {
    let alive = false
    const observer = new MutationObserver(() => {
      alive = true
      end()
    })
    // a component's tree is one of its own
    for (const root of path)
      if (root == document || root instanceof ShadowRoot) observer.observe(root as Node, changes)
    const undo = listen(globalThis, answers, ({ type, target, currentTarget }) => {
      // an element's is only the focus that moves on
      if (type != 'blur' || target == currentTarget) alive = true
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
    const path = event.composedPath()
    const [target] = path
    if (!isTrusted || !(target instanceof Element)) return
    const name = nameOf(target)
    if (name != last[0] || timeStamp - last[1] > rageWithin) recent = []
    last = [name, timeStamp]
    recent?.push(timeStamp)
    const first = recent?.at(-rageFrom)
    if (first !== undefined && timeStamp - first <= rageWithin) {
      recent = undefined
      tracer.start('rage click ' + name, { parent: null, start: first }).end()
    }
    if (target.closest(controls)) watch(name, timeStamp, path)
  })
  return () => {
    undo()
    watched.forEach((end) => end())
  }
}
