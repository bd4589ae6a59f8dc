// last-order.ts: the order that has just gone through, for the page that says thank you.

import type { Order } from '../shared/messages.ts'
import type { Trace } from './traces.ts'

/** An order, who it is for, and the trace it left. */
export interface PlacedOrder extends Order {
  name: string
  trace: Trace | undefined
}

const key = 'glimt.order'

/** Keeps it as long as the tab. */
export const keepOrder = (order: PlacedOrder) => sessionStorage.setItem(key, JSON.stringify(order))

export const readOrder = (): PlacedOrder | undefined => {
  try {
    return (JSON.parse(sessionStorage.getItem(key) ?? 'null') as PlacedOrder | null) ?? undefined
  } catch {
    return undefined
  }
}
