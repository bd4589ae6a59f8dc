// options.ts: what users may say of a worker.

import type { Attributes, Target } from 'lightspan/core'

/** Options of `startWorker`; each means what it means for `start`. */
export interface WorkerOptions {
  service: string
  version?: string | undefined
  environment?: string | undefined
  /** Default: `/v1/spans` of the worker's own origin. */
  url?: string | undefined
  key?: string | undefined
  propagateTo?: readonly Target[] | undefined
  /** Share of traces that begin here and are recorded, 0..1. What comes from a page is decided there. */
  sample?: number | undefined
  attributes?: Attributes | undefined
  /**
   * The user's answer as far as the page knows it. `pending`: spans wait here, 500 at most, until
   * `setConsent` tells. `denied`: nothing is recorded, sent or propagated. Default `granted`.
   */
  consent?: Consent | undefined
}

/** What the user has said. */
export type Consent = 'granted' | 'denied' | 'pending'
