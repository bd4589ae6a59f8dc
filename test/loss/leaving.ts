// leaving.ts: the ways in which a page ends, and what of its last second arrives.

import type { Browser, Tab } from '../kit/browser.ts'
import type { Engine } from '../kit/find-browsers.ts'
import type { PageGlobals } from '../kit/in-browsers.ts'
import type { ReceivedSpan } from '../kit/received.ts'
import type { Receiver } from './receiver.ts'

declare const window: Window & PageGlobals & { tracing: import('lightspan').Lightspan }

/** What became of one page's spans. */
export interface Outcome {
  finished: number
  arrived: number
  /** Spans that nobody ends, and how many of them arrived as open. */
  underway: number
  open: number
}

/** One way to end a page. */
export interface Leaving {
  name: string
  engines: readonly Engine[]
  /** Lower bound of the share of finished spans that must arrive. */
  target: (engine: Engine) => number
  leave: (tab: Tab, receiver: Receiver) => Promise<void>
  /** How long the page rests before it ends, in ms. */
  rest?: number
  /** Spans that are open are told of: not in a crash, before which the page heard nothing. Default true. */
  opens?: boolean
  /** The request of its first batch is not answered before it ends. */
  stalled?: boolean
  /** Another tab is there and stays. */
  beside?: boolean
}

/** How long what is on its way may take, in ms. */
const patience = 3000

const all = ['chromium', 'firefox', 'webkit'] as const

/** Firefox loses what a driver-made close of a tab cuts off before the beacon is handed over. */
const closing = (engine: Engine) => (engine == 'firefox' ? 0.9 : 1)

export const leavings: readonly Leaving[] = [
  {
    name: 'navigate within the site',
    engines: all,
    target: () => 1,
    leave: (tab, { origin }) => tab.go(`${origin}/next`),
  },
  {
    name: 'navigate to another site',
    engines: all,
    target: () => 1,
    leave: (tab, { elsewhere }) => tab.go(`${elsewhere}/next`),
  },
  {
    name: 'close the tab',
    engines: all,
    target: closing,
    leave: (tab) => tab.shut(),
    beside: true,
  },
  {
    name: 'close it while a request is in flight',
    engines: all,
    target: closing,
    leave: (tab) => tab.shut(),
    stalled: true,
    beside: true,
  },
  {
    name: 'go, and come back from the back/forward cache',
    engines: all,
    target: () => 1,
    leave: async (tab, { origin }) => {
      await tab.go(`${origin}/next`)
      await tab.run(() => void setTimeout(() => history.back()))
    },
  },
  {
    name: 'crash',
    engines: ['chromium'],
    target: () => 0.95,
    leave: (tab) => tab.crash!(),
    // what is older than 100 ms is promised
    rest: 150,
    opens: false,
  },
]

// In the page: spans that end over a while, the last of them just now, one that nobody ends, and a request
// that is not answered: its span is none that stays open, for the SDK ends it as the page goes.
const live = async (name: string, stalled: boolean) => {
  window.tracing = window.lightspan.start({
    instrumentations: [window.lightspan.fetchSpans()],
    service: 'loss',
    url: '/v1/spans',
  })
  const work = (at: number) => window.tracing.span(`${name} ${at}`, () => {})
  window.tracing.startSpan(`unfinished ${name}`, { parent: null })
  void fetch('/api/hang')
  if (stalled) {
    for (let at = 0; at < 4; at++) work(100 + at)
    void window.tracing.flush()
    await new Promise((later) => setTimeout(later, 60))
  }
  for (let at = 0; at < 8; at++) {
    work(at)
    await new Promise((later) => setTimeout(later, at < 6 ? 25 : 5))
  }
}

const ids = (spans: readonly ReceivedSpan[]) => new Set(spans.map(({ spanId }) => spanId)).size

// What has arrived of a page.
const countOf = (spans: readonly ReceivedSpan[], name: string) => ({
  arrived: ids(spans.filter((it) => it.name.startsWith(name + ' '))),
  open: ids(
    spans.filter(
      (it) => it.name == `unfinished ${name}` && it.attributes['lightspan.open'] === true,
    ),
  ),
})

/** Opens a page, ends it in this way, and counts. */
export const tryLeaving = async (
  browser: Browser,
  receiver: Receiver,
  { leave, rest = 0, stalled = false, opens = true, beside }: Leaving,
  name: string,
): Promise<Outcome> => {
  const tab = await browser.tab()
  const finished = stalled ? 12 : 8
  const promised = opens ? 1 : 0
  receiver.behave(() =>
    stalled && receiver.requests.length == 1 ? { kind: 'silent' } : { kind: 'ok' },
  )
  receiver.reset()
  try {
    // With its last tab WebKitGTK's whole browser goes, and what it was about to send; the others keep one open.
    if (beside && browser.engine == 'webkit') await tab.beside()
    await tab.go(`${receiver.origin}/start`)
    await tab.run(live, name, stalled)
    if (rest) await new Promise((later) => setTimeout(later, rest))
    await leave(tab, receiver)
    const count = () => countOf(receiver.spans(), name)
    await receiver.within(patience, () => {
      const { arrived, open } = count()
      return arrived == finished && open >= promised
    })
    return { finished, underway: 1, ...count() }
  } finally {
    await tab.close().catch(() => {})
  }
}
