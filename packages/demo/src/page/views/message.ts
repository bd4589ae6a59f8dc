// message.ts: a page that only has something to say.

import { html, render, type Markup } from '../html.ts'

/** Says it, with somewhere to go from there. */
export const say = (place: HTMLElement, title: string, text: string, more?: Markup) => {
  document.title = `${title} · Glimt`
  render(
    place,
    html`<section class="message">
      <h1 tabindex="-1">${title}</h1>
      <p>${text}</p>
      ${more ?? html`<a class="button" href="/">To the lamps</a>`}
    </section>`,
  )
}
