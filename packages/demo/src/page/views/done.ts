// done.ts: thank you, and the way to the trace.

import { html, render } from '../html.ts'
import { readOrder } from '../last-order.ts'
import { money } from '../money.ts'
import type { View } from '../router.ts'
import { viewerHref, type Trace } from '../traces.ts'
import { say } from './message.ts'

const steps = [
  ['click', 'shop-web'],
  ['fetch', 'shop-web'],
  ['edge worker', 'shop-edge'],
  ['orders', 'shop-orders'],
  ['payments', 'shop-payments'],
] as const

const offer = (trace: Trace) =>
  html`<section class="offer" aria-labelledby="offer-title">
    <h2 id="offer-title">What your click has set in motion</h2>
    <ol class="chain">
      ${steps.map(([what, service]) => html`<li><b>${what}</b> <span>${service}</span></li>`)}
    </ol>
    <a class="button" id="order-trace" target="_blank" href="${viewerHref(trace)}"
      >See it as one trace</a
    >
  </section>`

/** Draws the thanks. */
export const doneView: View = (place) => {
  const order = readOrder()
  if (!order) return say(place, 'No order yet', 'There is nothing to thank you for. Yet.')
  const { id, name, total, receipt, promise, trace } = order
  document.title = 'Thank you · Glimt'
  render(
    place,
    html`<section class="done" id="order-done">
      <h1 tabindex="-1">Thank you, ${name.split(' ')[0]}</h1>
      <p class="text">
        Order ${id} over ${money(total)} is paid and leaves us ${promise}. Receipt ${receipt}.
      </p>
      ${trace && offer(trace)}
      <a class="link" href="/">Back to the lamps</a>
    </section>`,
  )
}
