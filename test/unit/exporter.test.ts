import { crashCopies } from '../../src/export/copies.ts'
import { createExporter, type Answer, type ExporterParts, type SpanRecord } from 'lightspan/core'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { gunzipSync } from 'node:zlib'

const span = (name: string, more: Partial<SpanRecord> = {}) =>
  ({ name, status: 0, ...more }) as SpanRecord

interface Sent {
  names: string[]
  lost?: Record<string, number>
  number?: number
  offset?: Record<string, number>
  gzip: boolean
}

const read = (body: ArrayBuffer | string): Sent => {
  const bytes = typeof body == 'string' ? Buffer.from(body) : Buffer.from(body)
  const gzip = bytes[0] == 0x1f
  return { ...(JSON.parse((gzip ? gunzipSync(bytes) : bytes).toString()) as Sent), gzip }
}

const taken: Answer = { taken: true, retry: false }
const refused: Answer = { taken: false, retry: false }
const busy: Answer = { taken: false, retry: true }
const large: Answer = { taken: false, retry: false, large: true }

const setUp = ({
  pad = 0,
  guard = false,
  own = true,
  compress = false,
  ...more
}: { pad?: number; guard?: boolean; own?: boolean } & Partial<ExporterParts> = {}) => {
  const posted: Sent[] = []
  const left: Promise<Sent>[] = []
  const sizes: number[] = []
  const pending = new Set<Sent>()
  const it = {
    /** What the receiver says, one after the other; the last one from then on. */
    answers: [taken] as (Answer | Promise<Answer>)[],
    /** Or what it says to this batch. */
    answer: undefined as ((sent: Sent) => Answer) | undefined,
    lasting: true,
    room: Infinity,
    requests: [] as number[],
  }
  const exporter = createExporter({
    size: 3,
    delay: 2000,
    compress,
    encode: (spans, lost, number, offset) =>
      JSON.stringify({
        names: spans.map(({ name }) => name),
        lost,
        number,
        offset,
        pad: 'x'.repeat(pad * spans.length),
      }),
    transport: {
      own,
      type: 'text/plain',
      post: (body) => {
        it.requests.push(performance.now())
        posted.push(read(body))
        const said = it.answer?.(posted.at(-1)!)
        if (said) return [Promise.resolve(said), it.lasting]
        const answer = it.answers.length > 1 ? it.answers.shift()! : it.answers[0]!
        return [Promise.resolve(answer), it.lasting]
      },
      leave: (body) => {
        const size = typeof body == 'string' ? Buffer.byteLength(body) : body.byteLength
        if (size >= 60_000 || size > it.room) return false
        it.room -= size
        sizes.push(size)
        left.push(Promise.resolve(read(body)))
        return true
      },
      request: (_, body, { signal }) => {
        const copy = read(body as string)
        pending.add(copy)
        signal!.addEventListener('abort', () => pending.delete(copy))
        return Promise.resolve(new Response())
      },
    },
    copies: guard ? crashCopies : undefined,
    ...more,
  })
  const add = (...names: string[]) => names.forEach((name) => exporter.add(span(name)))
  return { exporter, add, posted, left: () => Promise.all(left), sizes, pending, it }
}

const names = (sent: readonly Sent[]) => sent.flatMap((each) => each.names)
/** Lets timers pass and what they cause settle. */
const pass = async (ms: number) => {
  await vi.advanceTimersByTimeAsync(ms)
  await new Promise((later) => setImmediate(later))
  await new Promise((later) => setImmediate(later))
  await vi.advanceTimersByTimeAsync(0)
}

beforeEach(() => {
  vi.stubGlobal('fetchLater', () => {})
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('while the page lives, an exporter', () => {
  test('does nothing before the first span', () => {
    setUp()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('sends when the first span has waited long enough, compressed', async () => {
    const { add, posted } = setUp({ compress: true })
    add('a')
    await pass(1999)
    add('b')
    expect(posted).toEqual([])
    await pass(2)
    await vi.waitFor(() => expect(posted).toMatchObject([{ names: ['a', 'b'], gzip: true }]))
    expect(vi.getTimerCount()).toBe(0)
  })

  test('sends as soon as the page is idle when a batch is full', async () => {
    const { add, posted } = setUp()
    add('a', 'b', 'c')
    expect(posted).toEqual([])
    await pass(1)
    await vi.waitFor(() => expect(posted).toMatchObject([{ names: ['a', 'b', 'c'] }]))
  })

  test('resolves flush when the receiver has answered', async () => {
    const { exporter, add, posted } = setUp()
    add('a')
    await exporter.flush()
    expect(posted).toHaveLength(1)
    await exporter.flush()
    expect(posted).toHaveLength(1)
  })

  test('sends one batch at a time, and what came meanwhile after it', async () => {
    const { exporter, add, posted, it } = setUp()
    let answer = (_: Answer) => {}
    it.answers = [new Promise<Answer>((resolve) => (answer = resolve)), taken]
    add('a')
    const first = exporter.flush()
    await vi.waitFor(() => expect(posted).toHaveLength(1))
    add('b', 'c')
    const second = exporter.flush()
    await pass(10)
    expect(posted).toHaveLength(1)
    answer(taken)
    await Promise.all([first, second])
    expect(names(posted)).toEqual(['a', 'b', 'c'])
  })

  test('numbers its batches', async () => {
    const { exporter, add, posted } = setUp()
    for (const name of ['a', 'b']) {
      add(name)
      await exporter.flush()
    }
    expect(posted.map(({ number }) => number)).toEqual([0, 1])
  })

  test('leaves bodies uncompressed where it is told to', async () => {
    const { exporter, add, posted } = setUp()
    add('a')
    await exporter.flush()
    expect(posted).toMatchObject([{ gzip: false }])
  })

  test('counts what cannot be written, and goes on; flush does not reject', async () => {
    const { exporter, add, posted } = setUp({
      encode: (spans, lost, number) => {
        if (spans.some(({ name }) => name == 'bad')) throw new TypeError('no bigint in JSON')
        return JSON.stringify({ names: spans.map(({ name }) => name), lost, number })
      },
    })
    add('a', 'bad')
    await exporter.flush()
    add('b')
    await exporter.flush()
    expect(posted).toMatchObject([{ names: [], lost: { invalid: 2 } }, { names: ['b'] }])
  })

  test('sends 3,000 spans of one moment in few batches', async () => {
    const { exporter, posted } = setUp({ size: 100, compress: true })
    for (let at = 0; at < 3000; at++) exporter.add(span(`${at}`))
    await exporter.flush()
    expect(new Set(names(posted)).size).toBe(3000)
    expect(posted.length).toBeLessThan(5)
    expect(posted.every(({ lost }) => !lost)).toBe(true)
  })
})

describe('a receiver that fails', () => {
  test('gets the same batch again, with the same number', async () => {
    const { exporter, add, posted, it } = setUp()
    it.answers = [busy, taken]
    add('a')
    await exporter.flush()
    await pass(5000)
    await vi.waitFor(() => expect(posted).toHaveLength(2))
    expect(posted[1]).toEqual(posted[0])
  })

  test('is left alone for as long as it asks', async () => {
    const { exporter, add, it } = setUp()
    it.answers = [{ ...busy, after: 20_000 }, taken]
    add('a')
    await exporter.flush()
    await pass(19_000)
    await exporter.flush()
    expect(it.requests).toHaveLength(1)
    await pass(3000)
    expect(it.requests).toHaveLength(2)
    expect(it.requests[1]! - it.requests[0]!).toBeGreaterThanOrEqual(20_000)
  })

  test('never gets again what it refused, and hears of it with the next batch', async () => {
    const { exporter, add, posted, it } = setUp()
    it.answers = [refused, taken]
    add('a', 'b')
    await exporter.flush()
    await pass(10_000)
    expect(posted).toHaveLength(1)
    for (const name of ['c', 'd']) {
      add(name)
      await exporter.flush()
    }
    expect(posted.map(({ lost }) => lost)).toEqual([undefined, { refused: 2 }, undefined])
  })

  test('hears again of losses that were told in a batch which it refused', async () => {
    const { exporter, add, posted, it } = setUp()
    it.answers = [refused, taken]
    exporter.drop('queue', 5)
    add('a')
    await exporter.flush()
    await pass(10_000)
    add('b')
    await exporter.flush()
    expect(posted.map(({ lost }) => lost)).toEqual([{ queue: 5 }, { queue: 5, refused: 1 }])
  })

  test('finds a batch too large, and gets it in halves, until a span is too large alone', async () => {
    const { exporter, add, posted, it } = setUp({ size: 1 })
    const most = 3
    it.answer = ({ names: sent }) => (sent.includes('huge') || sent.length > most ? large : taken)
    const all = ['a', 'b', 'huge', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
    add(...all)
    for (let turn = 0; turn < 5; turn++) {
      await exporter.flush()
      await pass(5000)
    }
    const arrived = posted.filter((each) => it.answer!(each).taken)
    expect(names(arrived)).toEqual(all.filter((name) => name != 'huge'))
    expect(new Set(posted.map(({ number }) => number)).size).toBe(posted.length)
    expect(posted.length).toBeLessThan(2 * all.length)
    expect(arrived.reduce((sum, { lost }) => sum + (lost?.['refused'] ?? 0), 0)).toBe(1)
  })

  test('that finds everything too large is asked a few times, then at most once a minute', async () => {
    const { exporter, it } = setUp({ size: 1 })
    it.answers = [large]
    for (let at = 0; at < 1000; at++) exporter.add(span(`${at}`))
    for (let second = 0; second < 600; second++) {
      void exporter.flush()
      await pass(1000)
    }
    expect(it.requests.length).toBeLessThan(30)
    const last = it.requests.slice(-5)
    for (const [at, time] of last.slice(1).entries())
      expect(time - last[at]!).toBeGreaterThanOrEqual(60_000)
  })

  test('costs what it did not want of a batch', async () => {
    const { exporter, add, posted, it } = setUp()
    it.answers = [{ ...taken, rejected: 1 }, taken]
    add('a', 'b')
    await exporter.flush()
    add('c')
    await exporter.flush()
    expect(posted.map(({ lost }) => lost)).toEqual([undefined, { rejected: 1 }])
  })

  test.each([
    ['cannot be reached', busy],
    ['refuses everything', refused],
  ])('and %s is asked a few times, then at most once a minute', async (_, answer) => {
    const { exporter, it } = setUp()
    it.answers = [answer]
    for (let second = 0; second < 600; second++) {
      exporter.add(span(`${second}`))
      void exporter.flush()
      await pass(1000)
    }
    const gaps = it.requests.slice(1).map((time, at) => time - it.requests[at]!)
    expect(it.requests.length).toBeGreaterThan(3)
    expect(it.requests.length).toBeLessThan(15)
    for (const gap of gaps.slice(3)) expect(gap).toBeGreaterThanOrEqual(60_000)
  })

  test('gets everything once it is back', async () => {
    const { add, posted, it } = setUp()
    it.answers = [busy, busy, busy, taken]
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      add(name)
      await pass(4000)
    }
    for (let second = 0; second < 60; second++) await pass(1000)
    expect([...new Set(names(posted))].sort()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('does not fill the memory: the oldest of the least worth are dropped, and counted', async () => {
    const { exporter, add, posted, it } = setUp({ size: 100 })
    it.answers = [busy, taken]
    add('first')
    await exporter.flush()
    exporter.add(span('root'))
    exporter.add(span('failed', { parentId: 'x', status: 2 }))
    for (let at = 0; at < 3003; at++) exporter.add(span(`${at}`, { parentId: 'x' }))
    await pass(10_000)
    await exporter.flush()
    const [, , ...rest] = posted
    expect(names(rest)).toHaveLength(3000)
    expect(names(rest).slice(0, 3)).toEqual(['root', 'failed', '5'])
    expect(rest[0]!.lost).toEqual({ queue: 5 })
  })

  test('keeps the first of what is worth most, where nothing is worth less', async () => {
    const { exporter, posted, it } = setUp({ size: 100 })
    it.answers = [busy, taken]
    for (let at = 0; at < 3002; at++) exporter.add(span(`${at}`))
    await pass(10_000)
    await exporter.flush()
    const arrived = names(posted.slice(1))
    expect([arrived.length, arrived[0], arrived.at(-1)]).toEqual([3000, '0', '2999'])
    expect(posted[1]!.lost).toEqual({ queue: 2 })
  })
})

describe("the offset to the receiver's clock", () => {
  // The page's clock is 1000 s behind; `trips`: how long each request takes there and back, in ms.
  const measured = async (trips: [there: number, back: number][], truth = 1e6) => {
    const { exporter, add, posted, it } = setUp({ at: (time) => 1.7e12 + time })
    it.answer = undefined
    it.answers = []
    for (const [there, back] of [...trips, [0, 0]] as const) {
      add('a')
      it.answers = [
        pass(there).then(() => {
          const now = 1.7e12 + performance.now() + truth
          return pass(back).then(() => ({ taken: true, now }))
        }),
      ]
      await exporter.flush()
    }
    return posted.map(({ offset }) => offset)
  }

  test('is that of the middle between question and answer, half of it uncertain', async () => {
    expect(await measured([[100, 100]])).toEqual([
      undefined,
      { 'lightspan.clock.offset': 1e6, 'lightspan.clock.uncertainty': 100 },
    ])
  })

  test('is that of the most certain answer', async () => {
    const all = await measured([
      [100, 100],
      [0, 10],
      [900, 0],
    ])
    expect(all.at(-1)).toEqual({
      'lightspan.clock.offset': 1e6 - 5,
      'lightspan.clock.uncertainty': 5,
    })
  })

  test('is measured anew when the best answer was many answers ago', async () => {
    const trips = Array.from({ length: 30 }, (_, at): [number, number] => [at ? 20 : 0, 20])
    const all = await measured(trips)
    expect(all[5]).toMatchObject({ 'lightspan.clock.uncertainty': 10 })
    expect(all.at(-1)).toMatchObject({ 'lightspan.clock.uncertainty': 20 })
  })

  test('contains the true one whatever the network does', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -1e6, max: 1e6 }),
        fc.nat({ max: 5000 }),
        fc.nat({ max: 5000 }),
        async (truth, there, back) => {
          const said = (await measured([[there, back]], truth)).at(-1)!
          const off = Math.abs(said['lightspan.clock.offset']! - truth)
          expect(off).toBeLessThanOrEqual(said['lightspan.clock.uncertainty']! + 0.5)
        },
      ),
    ))
})

describe('as the page leaves, an exporter', () => {
  test('sends uncompressed, at once', async () => {
    const { exporter, add, posted, left } = setUp()
    add('a')
    exporter.leave()
    expect(await left()).toMatchObject([{ names: ['a'], gzip: false }])
    await pass(5000)
    expect(posted).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('takes a batch that is still being compressed along, and sends it only once', async () => {
    const { exporter, add, posted, left } = setUp({ compress: true })
    add('a', 'b', 'c')
    void exporter.flush()
    add('d')
    exporter.leave()
    expect(names(await left())).toEqual(['a', 'b', 'c', 'd'])
    add('e')
    await exporter.flush()
    expect(names(posted)).toEqual(['e'])
  })

  test('leaves a request alone that outlives the page, and repeats one that does not', async () => {
    for (const lasting of [true, false]) {
      const { exporter, add, posted, left, it } = setUp({ compress: true })
      it.lasting = lasting
      it.answers = [new Promise<Answer>(() => {})]
      add('a')
      void exporter.flush()
      await vi.waitFor(() => expect(posted).toHaveLength(1))
      add('b')
      exporter.leave()
      const sent = await left()
      expect(names(sent)).toEqual(lasting ? ['b'] : ['a', 'b'])
      // what was compressed goes as it is
      if (!lasting) expect(sent[0]).toMatchObject({ names: ['a'], gzip: true, number: 0 })
    }
  })

  test('never repeats a request to a receiver that cannot tell a copy', async () => {
    const { exporter, add, posted, left, it } = setUp({ own: false })
    it.lasting = false
    it.answers = [new Promise<Answer>(() => {})]
    add('a')
    void exporter.flush()
    await vi.waitFor(() => expect(posted).toHaveLength(1))
    add('b')
    exporter.leave()
    expect(names(await left())).toEqual(['b'])
  })

  test('in Firefox sends once more what it has just left, should the page go at once, and to nobody who cannot tell', async () => {
    for (const firefox of [true, false])
      for (const own of [true, false]) {
        if (firefox) vi.stubGlobal('mozInnerScreenX', 0)
        const { exporter, add, left } = setUp({ own })
        add('a')
        exporter.leave()
        add('b')
        await pass(100)
        exporter.leave()
        const sent = await left()
        expect(sent.map((each) => each.names)).toEqual([['a'], firefox && own ? ['b', 'a'] : ['b']])
        vi.unstubAllGlobals()
      }
  })

  test('sends nothing again when the page is hidden again later, in Firefox either', async () => {
    vi.stubGlobal('mozInnerScreenX', 0)
    const { exporter, add, left } = setUp()
    for (const name of ['a', 'b']) {
      add(name)
      exporter.leave()
      await pass(1500)
    }
    expect(names(await left())).toEqual(['a', 'b'])
  })

  test('tells what was lost, should there be no span to tell it with', async () => {
    for (const own of [true, false]) {
      const { exporter, left } = setUp({ own })
      exporter.drop('limit', 7)
      exporter.leave()
      expect(await left()).toMatchObject(own ? [{ names: [], lost: { limit: 7 } }] : [])
    }
  })

  test('in Firefox sends what it is about to send, should the page go in the midst of it', async () => {
    vi.stubGlobal('mozInnerScreenX', 0)
    const late = { leave: () => {} }
    const { exporter, add, left } = setUp({
      encode: (spans) => {
        const { leave } = late
        late.leave = () => {}
        leave() // as an engine does that hears of the next event while we ask it something
        return JSON.stringify({ names: spans.map(({ name }) => name) })
      },
    })
    add('a')
    late.leave = exporter.leave
    exporter.leave()
    expect((await left()).map((each) => each.names)).toEqual([['a'], ['a']])
    vi.unstubAllGlobals()
  })

  test('splits what is too large for one beacon', async () => {
    const { exporter, left, sizes } = setUp({ size: 1000, pad: 1500 })
    const all = Array.from({ length: 60 }, (_, at) => `span number ${at}`)
    for (const name of all) exporter.add(span(name))
    exporter.leave()
    expect(names(await left())).toEqual(all)
    expect(sizes.length).toBeGreaterThan(1)
    expect(Math.max(...sizes)).toBeLessThan(60_000)
  })

  test('gives the platform as many small spans as it has room for', async () => {
    const { exporter, left, it } = setUp({ size: 1000, pad: 80 })
    for (let at = 0; at < 200; at++) exporter.add(span(`${at}`))
    it.room = 9000
    exporter.leave()
    expect(names(await left()).length).toBeGreaterThan(60)
  })

  test('keeps what the platform does not take, and sends it when the page is seen again', async () => {
    const { exporter, posted, left, it } = setUp({ size: 1000, pad: 1500 })
    const all = Array.from({ length: 60 }, (_, at) => `${at}`)
    for (const name of all) exporter.add(span(name))
    it.room = 65_536
    exporter.leave()
    const gone = names(await left())
    expect(gone.length).toBeGreaterThanOrEqual(30)
    await exporter.flush()
    expect([...gone, ...names(posted)].sort()).toEqual([...all].sort())
  })

  test('spares a receiver that is not there', async () => {
    const { exporter, add, left, it } = setUp()
    it.answers = [busy]
    add('a')
    for (let at = 0; at < 5; at++) {
      await exporter.flush()
      await pass(10_000)
    }
    exporter.leave()
    expect(await left()).toEqual([])
  })
})

describe('of somebody who says no, an exporter', () => {
  test('sends nothing that waits, tells nothing of it, and takes its copies back', async () => {
    const { exporter, add, posted, left, pending, it } = setUp({ guard: true })
    it.answers = [busy]
    add('waits for its second try')
    await exporter.flush()
    add('waits')
    exporter.drop()
    await pass(0)
    expect(pending.size).toBe(1)
    expect(posted).toHaveLength(1)
    exporter.forget()
    expect(pending.size).toBe(0)
    await exporter.flush()
    await pass(60_000)
    exporter.leave()
    expect([posted.length, await left()]).toEqual([1, []])
    it.answers = [taken]
    add('after a yes')
    await pass(5000)
    await vi.waitFor(() => expect(names(posted.slice(1))).toEqual(['after a yes']))
  })

  test('sends nothing again in Firefox that left just before', async () => {
    vi.stubGlobal('mozInnerScreenX', 0)
    const { exporter, add, left } = setUp()
    add('left')
    exporter.leave()
    exporter.forget()
    exporter.leave()
    expect(names(await left())).toEqual(['left'])
  })
})

describe('against a crash, an exporter', () => {
  test('leaves a copy of what waits with the platform within 60 ms', async () => {
    const { add, pending } = setUp({ guard: true, size: 100 })
    add('a', 'b')
    await pass(60)
    add('c')
    await pass(60)
    expect(names([...pending])).toEqual(['a', 'b', 'c'])
    expect([...pending].every(({ number, gzip }) => number === undefined && !gzip)).toBe(true)
  })

  test('takes the copies back when the batch has arrived', async () => {
    const { exporter, add, pending } = setUp({ guard: true })
    add('a')
    await pass(60)
    await exporter.flush()
    expect([...pending]).toEqual([])
  })

  test('copies what comes while a batch is in flight, and then only what is not copied yet', async () => {
    const { exporter, add, pending, it } = setUp({ guard: true, size: 100 })
    it.answers = [new Promise<Answer>(() => {})]
    add('a', 'b')
    await pass(60)
    void exporter.flush()
    await vi.waitFor(() => expect(it.requests).toHaveLength(1))
    add('c')
    await pass(60)
    add('d')
    await pass(60)
    expect([...pending].map((each) => each.names)).toEqual([['a', 'b'], ['c'], ['d']])
  })

  test('keeps the copies while the batch has not arrived', async () => {
    const { exporter, add, pending, it } = setUp({ guard: true })
    it.answers = [busy, taken]
    add('a')
    await pass(60)
    await exporter.flush()
    expect(names([...pending])).toEqual(['a'])
    await pass(5000)
    expect([...pending]).toEqual([])
  })

  test('leaves none of what has left before it was due', async () => {
    const { exporter, add, pending, it } = setUp({ guard: true })
    it.room = 1e6
    add('a')
    exporter.leave()
    await pass(60)
    expect([...pending]).toEqual([])
  })

  test('takes the copies back when the page has left in its own way', async () => {
    const { exporter, add, pending, it } = setUp({ guard: true })
    add('a')
    await pass(60)
    it.room = 0
    exporter.leave()
    expect(names([...pending])).toEqual(['a'])
    it.room = 1e6
    exporter.leave()
    expect([...pending]).toEqual([])
  })
})
