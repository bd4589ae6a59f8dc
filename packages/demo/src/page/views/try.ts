// try.ts: what a visitor who came for the traces can try, and what each of it shows.

import { find, html, type Markup } from '../html.ts'
import { noteTrace } from '../traces.ts'

/** The panel of things to try. */
export const tryPanel: Markup = html`<section class="try" aria-labelledby="try-title">
  <header>
    <h2 id="try-title">Four things to try, and what Lightspan makes of them</h2>
    <p>Each leaves a trace. The bar at the bottom links to the last one.</p>
  </header>
  <ol>
    <li>
      <h3>Buy a lamp</h3>
      <p>One click through the page, the edge worker, orders and payments, in one trace.</p>
      <a class="link" href="/lamps/101">To the Pebble</a>
    </li>
    <li>
      <h3>Open a slow page</h3>
      <p>Aurora is made to order, and its workshop takes 1.4 s to answer. See which span does.</p>
      <a class="link" href="/lamps/104" id="try-slow">To the slow Aurora</a>
    </li>
    <li>
      <h3>Fail at the checkout</h3>
      <p>Pay with the unlucky card: payments throws, and the trace shows where it began.</p>
      <a class="link" href="/checkout" id="try-failing">To the checkout</a>
    </li>
    <li>
      <h3>Break the page</h3>
      <p>This button's handler throws. The error hangs on the click that caused it.</p>
      <button type="button" class="link" id="try-throw">Throw an error</button>
    </li>
  </ol>
</section>`

/** Makes its button throw. */
export const startTryPanel = (place: Element) =>
  find(place, '#try-throw').addEventListener('click', () => {
    noteTrace()
    throw new Error('The bulb has burnt out')
  })
