// say.ts: warnings of development builds in the console, each once.

import { attempt } from '../browser/attempt.ts'

/** Different warnings that one page shows. */
const most = 100

/** What was done wrong, and what becomes of it. */
export interface Misuse {
  /** Where: the call. */
  at: string
  given: string
  expected: string
  /** What happens instead. */
  then: string
}

interface Memory {
  /** Warnings that were shown. */
  said: Set<string>
  /** Services that were started in this page, and not stopped. */
  running: Set<string>
}

/** What the page remembers, not this module: reloading it in place, as development servers do, brings another. */
export const memory = (): Memory =>
  ((globalThis as { [key: symbol]: Memory | undefined })[Symbol.for('lightspan.development.v1')] ??=
    { said: new Set(), running: new Set() })

/** Warns, but not of what differs only in numbers and ids from a warning before. Never throws. */
export const say = ({ at, given, expected, then }: Misuse): void =>
  attempt(() => {
    const { said } = memory()
    const text = `${at}: ${given}; expected is ${expected}. ${then}`
    const key = text.replace(/[\da-f-]*\d[\da-f-]*/gi, '#')
    if (said.size > most || said.has(key)) return
    said.add(key)
    console.warn(
      said.size > most
        ? `lightspan: ${most} different warnings; no more are shown.`
        : `lightspan: ${text}.`,
    )
  })
