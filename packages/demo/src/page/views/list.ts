// list.ts: all lamps.

import type { Lamp } from '../../shared/catalogue.ts'
import { getLamps } from '../api.ts'
import { art } from '../art.ts'
import { pendants } from '../hero-art.ts'
import { find, html, render } from '../html.ts'
import { money } from '../money.ts'
import type { View } from '../router.ts'
import { startTryPanel, tryPanel } from './try.ts'

const card = ({ id, name, kind, price, madeToOrder, art: drawing }: Lamp) =>
  html`<li>
    <a class="card" id="product-${id}" href="/lamps/${id}">
      <span class="picture">
        ${art(drawing)}${madeToOrder && html`<span class="flag">Slow on purpose</span>`}
      </span>
      <span class="name">${name}</span>
      <span class="price">${money(price)}</span>
      <span class="kind">${kind}</span>
    </a>
  </li>`

const waiting = html`<ul class="lamps" aria-busy="true">
  ${Array.from({ length: 8 }, () => html`<li class="card blank"><span class="picture"></span></li>`)}
</ul>`

const hero = html`<section class="hero">
  <div>
    <h1 tabindex="-1">Lamps for long evenings</h1>
    <p>
      Eight of them, made in small rooms in the north, where it is dark at three and nobody minds.
    </p>
  </div>
  ${pendants}
</section>`

/** Draws the list; it is kept, so that only the first time has to wait. */
export const listView: View = (place) => {
  document.title = 'Glimt: lamps for long evenings'
  render(
    place,
    html`${hero}
      <div id="lamps">${waiting}</div>
      ${tryPanel}`,
  )
  startTryPanel(place)
  const list = find(place, '#lamps')
  void getLamps().then((answer) =>
    render(
      list,
      answer.ok
        ? html`<ul class="lamps">
            ${answer.value.map(card)}
          </ul>`
        : html`<p class="alert" role="alert">${answer.error}</p>`,
    ),
  )
}
