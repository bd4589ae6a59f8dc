// cart.ts: what is in the cart.

import type { Lamp } from '../../shared/catalogue.ts'
import { getLamps } from '../api.ts'
import { art } from '../art.ts'
import { addToCart, totalOf, withLamps } from '../cart.ts'
import { find, html, render } from '../html.ts'
import { money } from '../money.ts'
import type { View } from '../router.ts'
import { say } from './message.ts'

const line = ({ lamp, count }: { lamp: Lamp; count: number }) =>
  html`<li>
    <a class="picture" href="/lamps/${lamp.id}" tabindex="-1" aria-hidden="true"
      >${art(lamp.art)}</a
    >
    <div class="what">
      <a class="name" href="/lamps/${lamp.id}">${lamp.name}</a>
      <span class="kind">${lamp.kind}</span>
    </div>
    <div class="stepper">
      <button type="button" data-lamp="${lamp.id}" data-by="-1" aria-label="One ${lamp.name} less">
        −
      </button>
      <output>${count}</output>
      <button type="button" data-lamp="${lamp.id}" data-by="1" aria-label="One ${lamp.name} more">
        +
      </button>
    </div>
    <span class="price">${money(lamp.price * count)}</span>
  </li>`

const draw = (place: HTMLElement, lamps: readonly Lamp[]) => {
  const lines = withLamps(lamps)
  if (!lines.length) return say(place, 'Your cart is empty', 'A lamp would look good in it.')
  render(
    place,
    html`<h1 tabindex="-1">Cart</h1>
      <div class="split">
        <ul class="lines">
          ${lines.map(line)}
        </ul>
        <section class="sum" aria-label="Sum">
          <p><span>Lamps</span><span>${money(totalOf(lines))}</span></p>
          <p><span>Shipping</span><span>Free</span></p>
          <p class="total"><span>Total</span><span>${money(totalOf(lines))}</span></p>
          <a class="button" id="go-checkout" href="/checkout">To the checkout</a>
        </section>
      </div>`,
  )
  find(place, '.lines').addEventListener('click', ({ target }) => {
    const { lamp, by } = (target as HTMLElement).dataset
    if (!lamp) return
    addToCart(Number(lamp), Number(by))
    draw(place, lamps)
    // the button that was pressed is a new one now
    place.querySelector<HTMLElement>(`[data-lamp="${lamp}"][data-by="${by}"]`)?.focus()
  })
}

/** Draws the cart. */
export const cartView: View = async (place) => {
  document.title = 'Cart · Glimt'
  const path = location.pathname
  const answer = await getLamps()
  if (location.pathname != path) return
  if (answer.ok) draw(place, answer.value)
  else say(place, 'Something is wrong', answer.error)
}
