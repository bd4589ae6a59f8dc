// services.test.ts: when the page asks which services there are.

import { computed, signal } from '@preact/signals'
import { describe, expect, test } from 'vitest'
import type { TraceSummary } from '../src/api/model.ts'
import { noFilter } from '../src/state/filter.ts'
import { createServices } from '../src/state/services.ts'

const traces = (...roots: string[]) =>
  roots.map((rootService) => ({ rootService, services: [] }) as unknown as TraceSummary)

const answered = () => new Promise((done) => setImmediate(done))

/** A page whose collector knows `known` within the time that is looked at. */
const open = async (known: string[]) => {
  const asked: string[] = []
  const filter = signal(noFilter)
  const list = signal<TraceSummary[]>([])
  let time = 0
  createServices({
    api: {
      services: (query) => {
        if (query != 'from=-1d') asked.push(query)
        const summary = { spans: 1, errors: 0, lastSeen: 0, dropped: {} }
        return Promise.resolve({
          kind: 'ok' as const,
          value: known.map((name) => ({ name, ...summary })),
        })
      },
    },
    list: { filter, traces: computed(() => list.value) },
    trace: { state: signal({ kind: 'waiting' as const }) },
    now: () => time,
  })
  await answered()
  return {
    asked,
    filter,
    /** The list is answered anew, `seconds` later. */
    show: async (seconds: number, ...roots: string[]) => {
      time += seconds * 1e3
      list.value = traces(...roots)
      await answered()
    },
  }
}

describe('which services there are', () => {
  test('is asked once at the start and for a service that is new in the list', async () => {
    const known = ['shop']
    const { asked, show } = await open(known)
    await show(5, 'shop')
    expect(asked).toHaveLength(1)
    known.push('pay')
    await show(5, 'shop', 'pay')
    await show(5, 'shop', 'pay')
    expect(asked).toHaveLength(2)
  })

  test('is not asked at each refresh for the root of a trace that began before that time', async () => {
    const { asked, show } = await open(['shop'])
    for (let count = 0; count < 8; count++) await show(5, 'shop', 'before')
    expect(asked).toHaveLength(2)
  })

  test('is asked again a minute later, and for another time', async () => {
    const { asked, filter, show } = await open(['shop'])
    await show(0, 'shop', 'before')
    await show(61, 'shop', 'before')
    expect(asked).toHaveLength(3)
    filter.value = { ...noFilter, from: '-15m' }
    expect(asked).toHaveLength(4)
    expect(asked[3]).not.toBe(asked[2])
    await show(5, 'shop', 'before')
    expect(asked).toHaveLength(4)
  })
})
