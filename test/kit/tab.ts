// tab.ts: what a driver of a browser can do.

import type { Engine } from './find-browsers.ts'

/** A tab of a real browser. */
export interface Tab {
  /** Goes to `url` and waits for its load event. */
  go: (url: string) => Promise<void>
  /** Runs a function in the page and gives back what it returns or resolves to, as JSON. */
  run: <Args extends readonly unknown[], Result>(
    work: (...args: Args) => Result,
    ...args: Args
  ) => Promise<Awaited<Result>>
  /** A trusted click in the middle of the element. */
  click: (selector: string) => Promise<void>
  /** A trusted press of one key with the element focused. */
  press: (selector: string, key: string) => Promise<void>
  /** Closes the tab as a person does; the browser lives on. */
  shut: () => Promise<void>
  /** Another tab of the same user, in WebKit behind this one. `close` ends both but in Firefox. */
  beside: () => Promise<Tab>
  /** Kills what renders the page, where the driver can. */
  crash?: () => Promise<void>
  /** Ends the tab and all that belongs to it. */
  close: () => Promise<void>
}

/** A running browser. */
export interface Browser {
  engine: Engine
  tab: () => Promise<Tab>
  close: () => Promise<void>
}
