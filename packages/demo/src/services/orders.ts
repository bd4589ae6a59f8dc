// orders.ts: the service that knows the lamps, and takes orders.

import { catalogue, type Lamp } from '../shared/catalogue.ts'
import type {
  Availability,
  Charge,
  ChargeRequest,
  Order,
  OrderRequest,
} from '../shared/messages.ts'
import { ok, refuse } from './answer.ts'
import { serve } from './serve.ts'
import { work } from './work.ts'

const find = (id: number) => catalogue.find((it) => it.id == id)

// How long the workshop takes to answer, in ms: long enough to stand out in a trace.
const workshop = 1400

const availability = async (lamp: Lamp): Promise<Availability> => {
  if (lamp.madeToOrder) {
    await work('ask the workshop', workshop, { 'shop.lamp': lamp.name })
    return { inStock: 0, promise: 'Made for you in three weeks' }
  }
  await work('read stock', 18, { 'shop.lamp': lamp.name })
  return { inStock: 3 + (lamp.id % 7), promise: 'Ships tomorrow' }
}

const charge = (body: ChargeRequest) =>
  fetch(process.env['PAYMENTS'] + '/charges', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const place = async ({ lines, card }: OrderRequest) => {
  const lamps = lines.map(({ lampId }) => find(lampId))
  if (!lines.length || lamps.includes(undefined)) return refuse(422, 'Your cart is empty.')
  const amount = lines.reduce((sum, { count }, at) => sum + lamps[at]!.price * count, 0)
  await work('reserve stock', 24, { 'shop.lines': lines.length })
  const orderId = 1000 + (Date.now() % 9000)
  const paid = await charge({ orderId, amount, card })
  if (paid.status == 402) return refuse(402, 'Your bank has declined the card.')
  if (!paid.ok) return refuse(502, 'The payment service does not answer as it should.')
  const { receipt } = (await paid.json()) as Charge
  await work('write order', 12, { 'shop.order': orderId })
  const promise = lamps.some((it) => it!.madeToOrder) ? 'in about three weeks' : 'tomorrow'
  return ok({ id: orderId, total: amount, receipt, promise } satisfies Order)
}

serve({
  'GET /lamps': async () => {
    await work('read lamps', 14)
    return ok(catalogue)
  },
  'GET /lamps/{id}': async ({ id }) => {
    const lamp = find(id)
    return lamp ? ok(await availability(lamp)) : refuse(404, 'There is no such lamp.')
  },
  'POST /orders': ({ body }) => place(body as OrderRequest),
})
