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
  /** Spans that were underway, and how many of them arrived as open. */
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
  /** The request of its first batch is not answered before it ends. */
  stalled?: boolean
}

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
  { name: 'close the tab', engines: all, target: closing, leave: (tab) => tab.shut() },
  {
    name: 'close it while a request is in flight',
    engines: all,
    target: closing,
    leave: (tab) => tab.shut(),
    stalled: true,
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
  },
]

// In the page: spans that end over a while, the last of them just now, and one that does not.
const live = async (name: string, stalled: boolean) => {
  window.tracing = window.lightspan.startWith(
    [window.lightspan.fetchSpans()],
    { service: 'loss', url: '/v1/spans' },
    window.lightspan.allParts,
  )
  const work = (at: number) => window.tracing.span(`${name} ${at}`, () => {})
  void fetch('/api/hang/' + encodeURIComponent(name))
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

const isOf = (name: string) => (span: ReceivedSpan) => span.name.startsWith(name + ' ')

/** Opens a page, ends it in this way, and counts. */
export const tryLeaving = async (
  browser: Browser,
  receiver: Receiver,
  { leave, rest = 0, stalled = false }: Leaving,
  name: string,
): Promise<Outcome> => {
  const tab = await browser.tab()
  const finished = stalled ? 12 : 8
  receiver.behave(() =>
    stalled && receiver.requests.length == 1 ? { kind: 'silent' } : { kind: 'ok' },
  )
  receiver.requests.length = 0
  try {
    await tab.go(`${receiver.origin}/start`)
    await tab.run(live, name, stalled)
    if (rest) await new Promise((later) => setTimeout(later, rest))
    await leave(tab, receiver)
    const arrived = () =>
      new Set(
        receiver
          .spans()
          .filter(isOf(name))
          .map((it) => it.spanId),
      ).size
    const open = () =>
      new Set(
        receiver
          .spans()
          .filter(({ attributes }) =>
            `${String(attributes['url.full'])}`.endsWith(`hang/${encodeURIComponent(name)}`),
          )
          .filter(({ attributes }) => attributes['lightspan.open'])
          .map((it) => it.spanId),
      ).size
    await receiver.within(3000, () => arrived() == finished)
    return { finished, arrived: arrived(), underway: 1, open: open() }
  } finally {
    await tab.close().catch(() => {})
  }
}
