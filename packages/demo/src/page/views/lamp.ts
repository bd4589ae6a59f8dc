// lamp.ts: one lamp, and when it can be had.

import type { Lamp } from '../../shared/catalogue.ts'
import type { Availability } from '../../shared/messages.ts'
import { getAvailability, getLamps, type Answer } from '../api.ts'
import { art } from '../art.ts'
import { addToCart } from '../cart.ts'
import { find, html, render } from '../html.ts'
import { money } from '../money.ts'
import type { View } from '../router.ts'
import { say } from './message.ts'

const facts = ({ material, height }: Lamp) =>
  html`<dl class="facts">
    <div>
      <dt>Material</dt>
      <dd>${material}</dd>
    </div>
    <div>
      <dt>Height</dt>
      <dd>${height} cm</dd>
    </div>
    <div>
      <dt>Light</dt>
      <dd>2,700 K, dimmable</dd>
    </div>
  </dl>`

const page = (lamp: Lamp) =>
  html`<nav class="crumbs" aria-label="Where you are"><a href="/">Lamps</a> / ${lamp.name}</nav>
    <article class="lamp">
      <div class="picture">${art(lamp.art)}</div>
      <div class="words">
        <p class="kind">${lamp.kind}</p>
        <h1 tabindex="-1">${lamp.name}</h1>
        <p class="price">${money(lamp.price)}</p>
        <p class="text">${lamp.text}</p>
        ${facts(lamp)}
        <p class="promise" id="promise" aria-live="polite">
          <span class="spinner"></span
          >${lamp.madeToOrder ? 'Asking the workshop …' : 'Looking at the shelf …'}
        </p>
        <button type="button" class="button" id="add-to-cart" disabled>Add to cart</button>
        <p class="added" id="added" aria-live="polite"></p>
        ${
          lamp.madeToOrder &&
          html`<p class="note">
            <b>Slow on purpose.</b> The orders service asks a workshop, which takes about 1.4 s. In
            the trace, that is the long span.
          </p>`
        }
      </div>
    </article>`

const blank = html`<article class="lamp blank">
  <div class="picture"></div>
  <div class="words"></div>
</article>`

const promiseOf = ({ inStock, promise }: Availability) =>
  html`<span class="dot"></span
    >${promise}${inStock > 0 && html`<small>${inStock} on the shelf</small>`}`

const drawAvailability = (place: HTMLElement, answer: Answer<Availability>) => {
  const promise = find(place, '#promise')
  if (!answer.ok) return render(promise, html`<span class="alert">${answer.error}</span>`)
  render(promise, promiseOf(answer.value))
  find<HTMLButtonElement>(place, '#add-to-cart').disabled = false
}

const draw = (place: HTMLElement, lamp: Lamp) => {
  document.title = `${lamp.name} · Glimt`
  render(place, page(lamp))
  find(place, '#add-to-cart').addEventListener('click', () => {
    addToCart(lamp.id)
    render(
      find(place, '#added'),
      html`${lamp.name} is in your cart. <a id="see-cart" href="/cart">See the cart</a>`,
    )
  })
}

/** Draws the lamp whose number the address holds. */
export const lampView: View = async (place, [id]) => {
  const path = location.pathname
  // Asked for now, not after the list has come: so the request belongs to the click that led here.
  const [asked, lamps] = [getAvailability(Number(id)), getLamps()]
  render(place, blank)
  const answer = await lamps
  if (location.pathname != path) return // somebody has gone on meanwhile
  if (!answer.ok) return say(place, 'Something is wrong', answer.error)
  const lamp = answer.value.find((it) => it.id == Number(id))
  if (!lamp) return say(place, 'No such lamp', 'Perhaps it has found a home.')
  draw(place, lamp)
  const availability = await asked
  if (location.pathname == path) drawAvailability(place, availability)
}
