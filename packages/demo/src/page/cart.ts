// cart.ts: what somebody means to buy; it outlives the page, in local storage.

import type { Lamp } from '../shared/catalogue.ts'
import type { Line } from '../shared/messages.ts'

const key = 'glimt.cart'
const changed = 'glimt:cart'

/** The lines of the cart. */
export const readCart = (): Line[] => {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '[]') as Line[]
  } catch {
    return []
  }
}

const write = (lines: Line[]) => {
  localStorage.setItem(key, JSON.stringify(lines.filter(({ count }) => count > 0)))
  dispatchEvent(new Event(changed))
}

/** Changes how many of a lamp are in the cart, by `by`; none is the least. */
export const addToCart = (lampId: number, by = 1) => {
  const lines = readCart()
  const line = lines.find((it) => it.lampId == lampId)
  if (line) line.count += by
  else lines.push({ lampId, count: by })
  write(lines)
}

export const emptyCart = () => write([])

export const countCart = (): number => readCart().reduce((sum, { count }) => sum + count, 0)

/** Lines with their lamps; a lamp that is no longer sold is left out. */
export const withLamps = (lamps: readonly Lamp[]): { lamp: Lamp; count: number }[] =>
  readCart().flatMap(({ lampId, count }) => {
    const lamp = lamps.find((it) => it.id == lampId)
    return lamp ? [{ lamp, count }] : []
  })

/** In cents. */
export const totalOf = (lines: readonly { lamp: Lamp; count: number }[]): number =>
  lines.reduce((sum, { lamp, count }) => sum + lamp.price * count, 0)

/** Calls `tell` after every change, also of another tab. */
export const watchCart = (tell: () => void) => {
  addEventListener(changed, tell)
  addEventListener('storage', ({ key: its }) => its == key && tell())
}
