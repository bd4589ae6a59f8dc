// later.ts: work that need not hold up the page, done soon and many at a time.

import { attempt } from './attempt.ts'

/** How long work waits, in ms: a page that crashes loses no more than this and what writing it takes. */
const delay = 80

/** The same for a page that loads, and has better to do. */
const delayAtLoad = 1000

/** Pieces of work that wait at most. */
const most = 1000

/**
 * A queue of work. Code that runs once in a while runs cold: work done together costs a fraction.
 * @returns what adds to the queue; what does all of it now; and what makes of a function one that does that
 *   first. None throws but for what that function throws.
 */
export const createLater = () => {
  const works: (() => void)[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let due = Infinity // what the timer was set to
  const run = () => {
    clearTimeout(timer)
    due = Infinity
    // one by one: who asks in the midst of it, as Firefox has it when a tab closes, gets the rest done
    for (let work; (work = works.shift());) attempt(work)
  }
  const later = (work: () => void) => {
    // only where a shorter one could help
    const wait = due > delay ? (document.readyState == 'complete' ? delay : delayAtLoad) : due
    if (wait < due) {
      clearTimeout(timer)
      timer = setTimeout(run, (due = wait))
    }
    if (works.push(work) > most) run()
  }
  const after =
    <Given extends unknown[], Result>(work: (...given: Given) => Result) =>
    (...given: Given) => {
      run()
      return work(...given)
    }
  return [later, run, after] as const
}
