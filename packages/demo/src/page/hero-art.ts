// hero-art.ts: three pendants that hang into the first page.

import { html, type Markup } from './html.ts'

const cord = (x: number, length: number) =>
  html`<path class="cord" d="M${x} -40V${length}" fill="none" stroke-width="2.5" />`

const dome = html`<g class="pendant">
  ${cord(140, 196)}
  <path class="glow" d="M52 262-20 520h320L228 262z" fill="url(#beam)" />
  <circle class="glow" cx="140" cy="268" r="150" fill="url(#light)" />
  <path d="M131 186h18l4 16h-26z" fill="url(#brass)" />
  <path d="M44 264a96 68 0 0 1 192 0z" fill="#c04f35" />
  <path d="M140 196a96 68 0 0 1 96 68h-52c0-38-18-62-44-68z" fill="#000" opacity=".13" />
  <path
    d="M70 240c10-17 26-26 44-30"
    stroke="#fff"
    stroke-width="5"
    stroke-linecap="round"
    fill="none"
    opacity=".4"
  />
  <ellipse cx="140" cy="264" rx="96" ry="11" fill="#fff3cf" />
</g>`

const globe = html`<g class="pendant">
  ${cord(316, 104)}
  <circle class="glow" cx="316" cy="166" r="150" fill="url(#light)" />
  <path d="M305 96h22l3 18h-28z" fill="url(#brass)" />
  <circle cx="316" cy="166" r="58" fill="url(#glass)" />
  <path
    d="M280 154c6-16 18-25 32-28"
    stroke="#fff"
    stroke-width="5"
    stroke-linecap="round"
    fill="none"
    opacity=".8"
  />
</g>`

const cone = html`<g class="pendant">
  ${cord(462, 226)}
  <path class="glow" d="M402 332 346 520h232l-56-188z" fill="url(#beam)" />
  <circle class="glow" cx="462" cy="332" r="120" fill="url(#light)" />
  <path d="M454 216h16l5 18h-26z" fill="url(#brass)" />
  <path d="M449 234h26l57 98H392z" fill="#2a6f6c" />
  <path d="M462 234h13l57 98h-42z" fill="#000" opacity=".16" />
  <ellipse cx="462" cy="332" rx="70" ry="9" fill="#fff3cf" />
</g>`

/** The drawing; it needs the paints of art.ts in the same document. */
export const pendants: Markup = html`<svg class="pendants" viewBox="0 0 560 480" aria-hidden="true">
  ${globe} ${dome} ${cone}
</svg>`
