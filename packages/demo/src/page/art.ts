// art.ts: the lamps, drawn. Each on its own wall, in the same 320 by 360, with the same light.

import { html, type Markup } from './html.ts'

/** Paints that all drawings share; to be in the document once. */
export const paints = html`<svg class="paints" width="0" height="0" aria-hidden="true">
  <defs>
    <radialGradient id="light">
      <stop offset="0" stop-color="#fff1c4" stop-opacity=".95" />
      <stop offset=".3" stop-color="#ffd585" stop-opacity=".5" />
      <stop offset=".65" stop-color="#ffb85c" stop-opacity=".16" />
      <stop offset="1" stop-color="#ffa94d" stop-opacity="0" />
    </radialGradient>
    <linearGradient id="beam" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="#ffe6a8" stop-opacity=".75" />
      <stop offset="1" stop-color="#ffc766" stop-opacity="0" />
    </linearGradient>
    <radialGradient id="glass" cx=".5" cy=".62" r=".75">
      <stop offset="0" stop-color="#fffdf2" />
      <stop offset=".55" stop-color="#ffe7b3" />
      <stop offset="1" stop-color="#f3bd76" />
    </radialGradient>
    <linearGradient id="paper" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="#f6d199" />
      <stop offset=".5" stop-color="#fff7de" />
      <stop offset="1" stop-color="#f2c07a" />
    </linearGradient>
    <linearGradient id="brass" x1="0" y1="0" x2="1" y2="0">
      <stop offset="0" stop-color="#8a6424" />
      <stop offset=".4" stop-color="#e9c677" />
      <stop offset="1" stop-color="#94702d" />
    </linearGradient>
  </defs>
</svg>`

const table = html`<path d="M0 292h320v68H0z" fill="#000" opacity=".2" />`
const floor = html`<path d="M0 322h320v38H0z" fill="#000" opacity=".2" />`

const pebble = html`${table}
  <circle class="glow" cx="160" cy="222" r="165" fill="url(#light)" />
  <ellipse class="glow" cx="160" cy="300" rx="130" ry="22" fill="url(#light)" />
  <path
    d="M84 238c-6-52 34-88 86-87 54 1 84 38 77 84-6 38-44 53-88 53-43 0-71-13-75-50z"
    fill="url(#glass)"
  />
  <path
    d="M112 199c14-24 38-32 58-31"
    stroke="#fff"
    stroke-width="6"
    stroke-linecap="round"
    fill="none"
    opacity=".75"
  />
  <path d="M118 284h84l-5 14a8 8 0 0 1-8 5h-58a8 8 0 0 1-8-5z" fill="#8b5b34" />
  <path d="M118 284h84l-2 6h-80z" fill="#000" opacity=".25" />`

const chanterelle = html`${table}
  <path class="glow" d="M76 152 18 330h284L244 152z" fill="url(#beam)" />
  <circle class="glow" cx="160" cy="160" r="150" fill="url(#light)" />
  <path d="M146 150c7 52 8 92 4 142h20c-4-50-3-90 4-142z" fill="#d9842b" />
  <path d="M160 150h14c-7 52-8 92-4 142h-10z" fill="#000" opacity=".14" />
  <path d="M108 296a52 10 0 0 1 104 0v4H108z" fill="#b9681c" />
  <path d="M66 152c2-58 46-90 94-90s92 32 94 90z" fill="#f0a63d" />
  <path d="M160 62c48 0 92 32 94 90h-46c0-46-18-80-48-90z" fill="#000" opacity=".1" />
  <path
    d="M92 122c8-22 24-36 42-42"
    stroke="#fff"
    stroke-width="6"
    stroke-linecap="round"
    fill="none"
    opacity=".45"
  />
  <ellipse cx="160" cy="152" rx="94" ry="13" fill="#fff3cf" />`

const heron = html`${floor}
  <path class="glow" d="m176 126 62-32 66 230H60z" fill="url(#beam)" />
  <circle class="glow" cx="212" cy="118" r="130" fill="url(#light)" />
  <ellipse cx="112" cy="324" rx="56" ry="9" fill="#5e4518" />
  <ellipse cx="112" cy="320" rx="56" ry="9" fill="url(#brass)" />
  <path
    d="M112 318V150c0-66 44-92 92-66"
    fill="none"
    stroke="#a57b33"
    stroke-width="7"
    stroke-linecap="round"
  />
  <path
    d="M110 318V150c0-66 44-92 92-66"
    fill="none"
    stroke="#f0d492"
    stroke-width="2"
    stroke-linecap="round"
  />
  <path d="M196 72c18-8 30 4 34 14l14 26-74 38c-6-26 4-66 26-78z" fill="#d8ae59" />
  <path d="M196 72c18-8 30 4 34 14l14 26-24 12c-2-26-10-44-24-52z" fill="#000" opacity=".16" />
  <ellipse cx="207" cy="131" rx="42" ry="9" transform="rotate(-27 207 131)" fill="#fff3cf" />`

const ring = (y: number, rx: number, turn: number) =>
  html`<g transform="rotate(${turn} 160 ${y})">
    <ellipse
      class="glow"
      cx="160"
      cy="${y}"
      rx="${rx}"
      ry="${rx * 0.3}"
      fill="none"
      stroke="#ffc96b"
      stroke-width="24"
      stroke-opacity=".22"
    />
    <ellipse
      cx="160"
      cy="${y}"
      rx="${rx}"
      ry="${rx * 0.3}"
      fill="none"
      stroke="#8c83c9"
      stroke-width="9"
    />
    <ellipse
      cx="160"
      cy="${y + 3}"
      rx="${rx}"
      ry="${rx * 0.3}"
      fill="none"
      stroke="#fff0c7"
      stroke-width="4.5"
    />
  </g>`

const aurora = html`<circle class="glow" cx="160" cy="190" r="180" fill="url(#light)" />
  <path
    d="M160 0v58M160 58 66 158M160 58l94 84M160 58l-70 128M160 58l68 168"
    stroke="#cfc8ff"
    stroke-width="1.2"
    opacity=".6"
    fill="none"
  />
  <circle cx="160" cy="56" r="5" fill="#cfc8ff" />
  ${ring(146, 112, -9)} ${ring(184, 88, 11)} ${ring(218, 104, -5)} ${ring(252, 62, 8)}`

const lantern = html`${table}
  <circle class="glow" cx="160" cy="214" r="160" fill="url(#light)" />
  <ellipse class="glow" cx="160" cy="304" rx="140" ry="24" fill="url(#light)" />
  <path d="M112 146c0-70 96-70 96 0" fill="none" stroke="#e8e2d2" stroke-width="8" />
  <rect x="106" y="164" width="108" height="112" rx="8" fill="url(#glass)" />
  <path d="M133 164v112M160 164v112M187 164v112" stroke="#9c6a2c" stroke-width="2" opacity=".28" />
  <path d="M122 140h76a14 14 0 0 1 14 12l4 14H104l4-14a14 14 0 0 1 14-12z" fill="#f4efe2" />
  <path d="M160 140h38a14 14 0 0 1 14 12l4 14h-56z" fill="#000" opacity=".08" />
  <path d="M100 274h120v18a10 10 0 0 1-10 10H110a10 10 0 0 1-10-10z" fill="#f4efe2" />
  <path d="M160 274h60v18a10 10 0 0 1-10 10h-50z" fill="#000" opacity=".08" />
  <circle cx="160" cy="288" r="4" fill="#f08a3c" />`

const meridian = html`<circle class="glow" cx="160" cy="180" r="178" fill="url(#light)" />
  <circle class="glow" cx="160" cy="180" r="122" fill="url(#light)" />
  <circle cx="165" cy="184" r="94" fill="#fff4d3" />
  <circle cx="160" cy="180" r="92" fill="#4b3a22" />
  <path d="M160 88a92 92 0 0 1 0 184 130 130 0 0 0 0-184z" fill="#000" opacity=".2" />
  <path
    d="M96 140a76 76 0 0 1 52-34"
    stroke="#fff"
    stroke-width="5"
    stroke-linecap="round"
    fill="none"
    opacity=".25"
  />
  <circle cx="160" cy="180" r="7" fill="url(#brass)" />`

const bellflower = html`<path class="glow" d="M66 226-6 360h332l-72-134z" fill="url(#beam)" />
  <circle class="glow" cx="160" cy="226" r="150" fill="url(#light)" />
  <path d="M160 0v112" stroke="#0f1c2b" stroke-width="3" />
  <path d="M150 104h20l4 16h-28z" fill="url(#brass)" />
  <path d="m146 120-84 106 30 14 38-12 30 14z" fill="#dfe7f1" />
  <path d="m174 120 84 106-30 14-38-12-30 14z" fill="#a9bbd0" />
  <path d="M146 120h28l-14 122z" fill="#f4f8fc" />
  <path d="m146 120-54 120 38-12 30 14z" fill="#c8d5e4" />
  <path d="m174 120 54 120-38-12-30 14z" fill="#8fa5be" />
  <path
    d="m64 228 28 12 38-12 30 14 30-14 38 12 28-12"
    fill="none"
    stroke="#fff3cf"
    stroke-width="6"
    stroke-linejoin="round"
    stroke-linecap="round"
  />`

const pillar = html`${floor}
  <ellipse class="glow" cx="160" cy="200" rx="170" ry="190" fill="url(#light)" />
  <ellipse class="glow" cx="160" cy="330" rx="120" ry="20" fill="url(#light)" />
  <path d="M128 300v28M192 300v28" stroke="#7b5232" stroke-width="7" stroke-linecap="round" />
  <rect x="112" y="64" width="96" height="246" rx="16" fill="url(#paper)" />
  <path
    d="M113 104c30 8 64 8 94 0M112 144c30 8 66 8 96 0M112 184c30 8 66 8 96 0M112 224c30 8 66 8 96 0M112 264c30 8 66 8 96 0"
    stroke="#b07a3c"
    stroke-width="1.6"
    fill="none"
    opacity=".5"
  />
  <path d="M112 80a16 16 0 0 1 16-16h64a16 16 0 0 1 16 16v4H112z" fill="#7b5232" />
  <path d="M112 294h96a16 16 0 0 1-16 16h-64a16 16 0 0 1-16-16z" fill="#7b5232" />`

const drawings: Record<string, { wall: string; drawing: Markup }> = {
  pebble: { wall: '#4a3a6b', drawing: pebble },
  chanterelle: { wall: '#a8432f', drawing: chanterelle },
  heron: { wall: '#1f5a58', drawing: heron },
  aurora: { wall: '#23204d', drawing: aurora },
  lantern: { wall: '#5d7350', drawing: lantern },
  meridian: { wall: '#c58a2e', drawing: meridian },
  bellflower: { wall: '#2f4d73', drawing: bellflower },
  pillar: { wall: '#7d4356', drawing: pillar },
}

/** A lamp on its wall; it says nothing to a screen reader, which has the name beside it. */
export const art = (name: string): Markup => {
  const { wall, drawing } = drawings[name] ?? drawings['pebble']!
  return html`<svg
    class="art"
    viewBox="0 0 320 360"
    preserveAspectRatio="xMidYMid slice"
    aria-hidden="true"
  >
    <rect width="320" height="360" fill="${wall}" />
    <g class="drawing">${drawing}</g>
  </svg>`
}
