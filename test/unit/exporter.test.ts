import { createExporter, type SpanRecord } from 'lightspan/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { gunzipSync } from 'node:zlib'

const span = (name: string) => ({ name }) as SpanRecord

interface Sent {
  names: string[]
  dropped: number
  gzip: boolean
}

const read = (text: string, gzip: boolean) => ({ ...(JSON.parse(text) as Sent), gzip })

const parts = ({ size = 3, accept = true, pad = '' } = {}) => {
  const posted: Sent[] = []
  const left: Promise<Sent>[] = []
  const sizes: number[] = []
  const it = { accept, took: true }
  const exporter = createExporter({
    size,
    delay: 2000,
    encode: (spans, dropped) =>
      JSON.stringify({ names: spans.map(({ name }) => name), dropped, pad }),
    transport: {
      type: 'text/plain',
      post: async (body) => {
        const gzip = typeof body != 'string'
        posted.push(read(gzip ? gunzipSync(body).toString() : body, gzip))
        return it.accept
      },
      leave: (body) => {
        sizes.push(body.size)
        left.push(body.text().then((text) => read(text, false)))
        return it.took
      },
    },
  })
  return { exporter, posted, left: () => Promise.all(left), sizes, it }
}

const all = <Item>(items: { names: Item[] }[]) => items.flatMap(({ names }) => names)

describe('an exporter', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  test('does nothing before the first span', () => {
    parts()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('sends when the first span has waited long enough, compressed', async () => {
    const { exporter, posted } = parts()
    exporter.add(span('a'))
    vi.advanceTimersByTime(1999)
    exporter.add(span('b'))
    expect(posted).toEqual([])
    vi.advanceTimersByTime(1)
    await vi.waitFor(() => expect(posted).toMatchObject([{ names: ['a', 'b'], gzip: true }]))
    expect(vi.getTimerCount()).toBe(0)
  })

  test('sends at once when a batch is full', async () => {
    const { exporter, posted } = parts()
    for (const name of ['a', 'b', 'c', 'd']) exporter.add(span(name))
    await vi.waitFor(() => expect(posted).toMatchObject([{ names: ['a', 'b', 'c'] }]))
    expect(vi.getTimerCount()).toBe(1)
  })

  test('resolves flush when the receiver has answered', async () => {
    const { exporter, posted } = parts()
    exporter.add(span('a'))
    await exporter.flush()
    expect(posted).toHaveLength(1)
    await exporter.flush()
    expect(posted).toHaveLength(1)
  })

  test('counts what a receiver refused, and says so with the next batch', async () => {
    const { exporter, posted, it } = parts()
    it.accept = false
    exporter.add(span('a'))
    exporter.add(span('b'))
    await exporter.flush()
    it.accept = true
    exporter.add(span('c'))
    await exporter.flush()
    exporter.add(span('d'))
    await exporter.flush()
    expect(posted.map(({ dropped }) => dropped)).toEqual([0, 2, 0])
  })

  test('leaves uncompressed, at once', async () => {
    const { exporter, posted, left } = parts()
    exporter.add(span('a'))
    exporter.leave()
    expect(await left()).toMatchObject([{ names: ['a'], gzip: false }])
    expect(posted).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('takes a batch that is still being compressed along, and sends it only once', async () => {
    const { exporter, posted, left } = parts()
    for (const name of ['a', 'b', 'c', 'd']) exporter.add(span(name))
    exporter.leave()
    expect(all(await left())).toEqual(['a', 'b', 'c', 'd'])
    exporter.add(span('e'))
    await exporter.flush()
    expect(all(posted)).toEqual(['e'])
  })

  test('splits what is too large for one beacon', async () => {
    const { exporter, left, sizes } = parts({ size: 100, pad: 'x'.repeat(59_900) })
    const names = Array.from({ length: 60 }, (_, at) => `span number ${at}`)
    for (const name of names) exporter.add(span(name))
    exporter.leave()
    expect(all(await left())).toEqual(names)
    expect(sizes.length).toBeGreaterThan(1)
    // one span that is too large by itself goes as it is: the platform decides
    expect(Math.max(...sizes)).toBeLessThan(65_536)
  })

  test('counts what the platform did not take as the page left', async () => {
    const { exporter, posted, it } = parts()
    it.took = false
    exporter.add(span('a'))
    exporter.leave()
    exporter.add(span('b'))
    await exporter.flush()
    expect(posted).toMatchObject([{ names: ['b'], dropped: 1 }])
  })

  test('holds a bounded number of spans, drops the newest and counts them', async () => {
    const { exporter, left } = parts({ size: 1e9 })
    for (let at = 0; at < 2005; at++) exporter.add(span('x'))
    exporter.leave()
    exporter.add(span('last'))
    exporter.leave()
    const sent = await left()
    expect(all(sent)).toHaveLength(2001)
    expect(sent.map(({ dropped }) => dropped)).toEqual([5, 0])
  })
})
