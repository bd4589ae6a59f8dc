// checkout.ts: name, card, and the button that it is all about.

import { cards, type OrderRequest } from '../../shared/messages.ts'
import { getLamps, placeOrder } from '../api.ts'
import { addToCart, emptyCart, readCart, totalOf, withLamps } from '../cart.ts'
import { find, html, render, type Markup } from '../html.ts'
import { money } from '../money.ts'
import { keepOrder } from '../last-order.ts'
import { go, type View } from '../router.ts'
import { noteTrace, viewerHref, type Trace } from '../traces.ts'
import { say } from './message.ts'

const cardChoice = (
  id: string,
  { number, title, note }: (typeof cards)[keyof typeof cards],
  first: boolean,
) =>
  html`<label class="choice">
    <input
      type="radio"
      name="card"
      value="${id}"
      id="card-${id}"
      ${first ? html`checked` : undefined}
    />
    <span class="plastic">${number}</span>
    <span class="about"><b>${title}</b> <small>${note}</small></span>
  </label>`

const form = (lines: ReturnType<typeof withLamps>, hint: Markup | undefined) =>
  html`<h1 tabindex="-1">Checkout</h1>
    <form class="split" id="checkout" autocomplete="off">
      <div class="fields">
        ${hint}
        <fieldset>
          <legend>Who is it for?</legend>
          <label>Name <input name="name" value="Ada Lovelace" required /></label>
          <label>Email <input name="email" type="email" value="ada@example.com" required /></label>
        </fieldset>
        <fieldset>
          <legend>Which card?</legend>
          ${Object.entries(cards).map(([id, it], at) => cardChoice(id, it, !at))}
        </fieldset>
      </div>
      <section class="sum" aria-label="Sum">
        ${lines.map(
          ({ lamp, count }) =>
            html`<p>
              <span>${count > 1 && `${count} × `}${lamp.name}</span
              ><span>${money(lamp.price * count)}</span>
            </p>`,
        )}
        <p><span>Shipping</span><span>Free</span></p>
        <p class="total"><span>Total</span><span>${money(totalOf(lines))}</span></p>
        <button type="submit" class="button" id="buy">Buy for ${money(totalOf(lines))}</button>
        <div id="refused" aria-live="assertive"></div>
      </section>
    </form>`

const readForm = (it: HTMLFormElement): OrderRequest => {
  const value = (name: string) => find<HTMLInputElement>(it, `[name=${name}]`).value
  const card = find<HTMLInputElement>(it, '[name=card]:checked').value
  return { lines: readCart(), name: value('name'), email: value('email'), card }
}

const refused = (error: string, trace: Trace | undefined) =>
  html`<div class="alert" id="order-refused">
    <p><b>That did not work.</b> ${error} Nothing was charged.</p>
    ${trace && html`<a target="_blank" href="${viewerHref(trace)}">See in the trace where it broke</a>`}
  </div>`

const buy = async (place: HTMLElement, it: HTMLFormElement) => {
  const button = find<HTMLButtonElement>(it, '#buy')
  const order = readForm(it)
  const asked = placeOrder(order)
  const trace = noteTrace()
  render(find(it, '#refused'), html``)
  button.disabled = true
  const answer = await asked
  button.disabled = false
  if (!answer.ok) return render(find(it, '#refused'), refused(answer.error, trace))
  keepOrder({ ...answer.value, name: order.name, trace })
  emptyCart()
  if (place.contains(it)) go('/done')
}

/** Draws the checkout; whoever comes with an empty cart gets a Pebble, to have something to pay for. */
export const checkoutView: View = async (place) => {
  document.title = 'Checkout · Glimt'
  const path = location.pathname
  const answer = await getLamps()
  if (location.pathname != path) return
  if (!answer.ok) return say(place, 'Something is wrong', answer.error)
  const empty = !readCart().length
  if (empty) addToCart(101)
  const hint = empty
    ? html`<p class="note">Your cart was empty, so we have put a Pebble in.</p>`
    : undefined
  render(place, form(withLamps(answer.value), hint))
  const it = find<HTMLFormElement>(place, '#checkout')
  // The click, not the submit that follows it: Enter in a field clicks the button too, and what the
  // click starts belongs to its trace.
  find(it, '#buy').addEventListener('click', (event) => {
    event.preventDefault()
    if (it.reportValidity()) void buy(place, it)
  })
}
