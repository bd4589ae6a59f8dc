// api.ts: what the page asks the shop for.

import type { Lamp } from '../shared/catalogue.ts'
import type { Availability, Order, OrderRequest, Refusal } from '../shared/messages.ts'
import { noteTrace } from './traces.ts'

/** An answer, or what went wrong, in words. */
export type Answer<T> = { ok: true; value: T } | { ok: false; error: string }

// fetch() is called before anything is awaited: so it belongs to the click that asks for it.
const ask = async <T>(path: string, init?: RequestInit): Promise<Answer<T>> => {
  noteTrace()
  try {
    const response = await fetch('/api' + path, init)
    const body = (await response.json()) as unknown
    if (response.ok) return { ok: true, value: body as T }
    return { ok: false, error: (body as Refusal).error }
  } catch {
    return { ok: false, error: 'The shop cannot be reached.' }
  }
}

const kept: { lamps?: Promise<Answer<readonly Lamp[]>> } = {}

/** All lamps; asked for once. */
export const getLamps = async (): Promise<Answer<readonly Lamp[]>> => {
  kept.lamps ??= ask<readonly Lamp[]>('/lamps')
  const answer = await kept.lamps
  if (!answer.ok) delete kept.lamps
  return answer
}

/** When a lamp can be had. */
export const getAvailability = (lampId: number) => ask<Availability>(`/lamps/${lampId}`)

/** Buys. */
export const placeOrder = (order: OrderRequest) =>
  ask<Order>('/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
  })
