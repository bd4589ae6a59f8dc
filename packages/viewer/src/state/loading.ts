// loading.ts: something that comes over the network, or does not.

import { signal, type ReadonlySignal } from '@preact/signals'
import type { Answer } from '../api/client.ts'

export type Loaded<T> =
  | { kind: 'waiting' }
  | { kind: 'ready'; value: T }
  | { kind: 'failed'; because: string; status: number; field?: string }

export interface Loading<T> {
  state: ReadonlySignal<Loaded<T>>
  /** Asked and not yet answered; the state keeps the last answer meanwhile. */
  busy: ReadonlySignal<boolean>
  /** Asks anew; an answer still under way is abandoned. `fresh` forgets the last answer at once. */
  load: (ask: (signal: AbortSignal) => Promise<Answer<T>>, fresh?: boolean) => Promise<void>
}

/** Builds one. The latest question wins, in whatever order answers come. */
export const createLoading = <T>(): Loading<T> => {
  const state = signal<Loaded<T>>({ kind: 'waiting' })
  const busy = signal(false)
  let current = new AbortController()
  return {
    state,
    busy,
    load: async (ask, fresh) => {
      current.abort()
      const mine = (current = new AbortController())
      busy.value = true
      if (fresh) state.value = { kind: 'waiting' }
      const answer = await ask(mine.signal)
      if (mine != current) return
      busy.value = false
      state.value = answer.kind == 'ok' ? { kind: 'ready', value: answer.value } : answer
    },
  }
}
