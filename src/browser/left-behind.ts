// left-behind.ts: texts that a page leaves in localStorage as it goes: WebKit does not go on with what a database was
// asked for then.

import { attempt } from './attempt.ts'

/** When it was put there, in ms since the Unix epoch; its place among those of the page; its bytes; chance. */
export type Key = [at: number, order: number, size: number, chance: number]

const prefix = 'lightspan.left '

/** UTF-16 units of all of them: the storage is the page's, which has some five million. */
const most = 2 ** 18

const names = () => Object.keys(localStorage).filter((name) => name.startsWith(prefix))

/** Leaves a text for an address, within `bytes` for all. Whether it is there. Never throws. */
export const leaveBehind = (key: Key, to: string, text: string, bytes: number): boolean =>
  !!attempt(() => {
    let left = Math.min(bytes, most) - text.length
    for (const name of names()) left -= localStorage.getItem(name)!.length
    if (left < 0) return false
    // neither an address nor JSON has a line feed
    localStorage.setItem(prefix + key.join(' '), `${to}\n${text}`)
    return true
  })

/** What was left, and what forgets it. Never throws. */
export const leftBehind = () =>
  attempt(() =>
    names().map((name) => {
      const [to = '', body = ''] = localStorage.getItem(name)!.split('\n')
      const key = name.split(' ').slice(1).map(Number) as Key
      return { key, to, body, forget: () => localStorage.removeItem(name) }
    }),
  ) || []
