// frame.ts: what surrounds every page: head, the bar that tells of the last trace, foot.

import { paints } from './art.ts'
import { countCart, watchCart } from './cart.ts'
import { find, html, render } from './html.ts'
import { lastTrace, viewerHref, watchTraces } from './traces.ts'

const mark = html`<svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true">
  <path class="cord" d="M16 0v13" />
  <path class="shade" d="M6 22a10 10 0 0 1 20 0z" />
  <circle class="bulb" cx="16" cy="24.5" r="3" />
</svg>`

const layout = html`${paints}
  <a class="skip" href="#page">Skip to the page</a>
  <header class="head">
    <div class="wide">
      <a class="brand" id="home" href="/">${mark}<span>Glimt</span></a>
      <nav aria-label="Shop">
        <a href="/">Lamps</a>
        <button type="button" id="lights" aria-pressed="false">Evening</button>
        <a class="cart" href="/cart" id="cart-link">Cart <b id="cart-count">0</b></a>
      </nav>
    </div>
  </header>
  <main id="page" class="wide"></main>
  <footer class="foot">
    <div class="wide">
      <p>
        Glimt sells nothing. It is a demo of Lightspan: real requests through a real edge worker to
        two real services.
      </p>
    </div>
  </footer>
  <aside class="bar" aria-label="Lightspan">
    <div class="wide" id="trace-bar"></div>
  </aside>`

const drawCount = (place: Element) => {
  const count = countCart()
  const badge = find(place, '#cart-count')
  badge.textContent = String(count)
  badge.hidden = !count
  find(place, '#cart-link').setAttribute(
    'aria-label',
    `Cart, ${count} ${count == 1 ? 'lamp' : 'lamps'}`,
  )
}

const drawBar = (place: Element) => {
  const trace = lastTrace()
  render(
    find(place, '#trace-bar'),
    html`<span class="made">Lightspan</span>
      ${
        trace
          ? html`<span class="last">Last trace: <code>${trace.name}</code></span>
              <a id="last-trace" target="_blank" href="${viewerHref(trace)}"
                >Open it in the viewer</a
              >`
          : html`<span class="last">Click around: each click leaves a trace.</span>`
      }
      <a class="all" target="_blank" href="${viewerHref()}">All traces</a>`,
  )
}

// The page follows the system until somebody touches the switch.
const startLights = (place: Element) => {
  const button = find<HTMLButtonElement>(place, '#lights')
  const root = document.documentElement
  const evening = () =>
    root.dataset['theme']
      ? root.dataset['theme'] == 'dark'
      : matchMedia('(prefers-color-scheme: dark)').matches
  const draw = () => button.setAttribute('aria-pressed', String(evening()))
  const saved = localStorage.getItem('glimt.theme')
  if (saved) root.dataset['theme'] = saved
  button.addEventListener('click', () => {
    root.dataset['theme'] = evening() ? 'light' : 'dark'
    localStorage.setItem('glimt.theme', root.dataset['theme'])
    draw()
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)
  draw()
}

/** Draws the frame into `place`, and returns where pages go. */
export const startFrame = (place: Element): HTMLElement => {
  render(place, layout)
  startLights(place)
  watchCart(() => drawCount(place))
  drawCount(place)
  watchTraces(() => drawBar(place))
  drawBar(place)
  return find(place, '#page')
}
