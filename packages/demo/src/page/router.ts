// router.ts: pages of one document, by the history API.

import { noteTrace } from './traces.ts'

/** Draws a page into `place`; `found` is what its pattern's groups matched. */
export type View = (place: HTMLElement, found: readonly string[]) => void | Promise<void>

const step = 'glimt:step'

/** Goes to a path of this shop. */
export const go = (path: string) => {
  history.pushState(null, '', path)
  noteTrace()
  dispatchEvent(new Event(step))
}

// Only what a plain click would open in this very tab.
const linkOf = ({ target, button, metaKey, ctrlKey, shiftKey, altKey }: MouseEvent) => {
  if (button || metaKey || ctrlKey || shiftKey || altKey) return undefined
  const link = (target as Element).closest('a')
  return link && !link.target && link.origin == location.origin && !link.hash ? link : undefined
}

/** Shows what the address asks for, now and whenever it changes. The last route takes all others. */
export const startRouter = (place: HTMLElement, routes: readonly (readonly [RegExp, View])[]) => {
  const show = () => {
    const [pattern, view] = routes.find(([it]) => it.test(location.pathname))!
    void view(place, pattern.exec(location.pathname)!.slice(1))
  }
  document.addEventListener('click', (event) => {
    const link = linkOf(event)
    if (!link || event.defaultPrevented) return
    event.preventDefault()
    if (link.href != location.href) go(link.pathname)
  })
  addEventListener('popstate', show)
  addEventListener(step, () => {
    show()
    scrollTo(0, 0)
    // where a reader's eyes are, a screen reader's cursor should be
    place.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
  })
  show()
}
