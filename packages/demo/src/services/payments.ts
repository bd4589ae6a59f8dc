// payments.ts: the service that charges cards.

import { randomUUID } from 'node:crypto'
import type { Charge, ChargeRequest } from '../shared/messages.ts'
import { ok, refuse } from './answer.ts'
import { serve } from './serve.ts'
import { work } from './work.ts'

const charge = async ({ amount, card, orderId }: ChargeRequest) => {
  await work('check for fraud', 35, { 'shop.amount': amount })
  if (card == 'broken') throw new Error('card network: connection reset by peer')
  await work('ask the bank', 70, { 'shop.order': orderId })
  if (card == 'empty') return refuse(402, 'Declined.')
  return ok({ receipt: randomUUID().slice(0, 8).toUpperCase() } satisfies Charge)
}

serve({ 'POST /charges': ({ body }) => charge(body as ChargeRequest) })
