// pipeline.test.ts: how spans wait and leave, on a clock and a network of the test's own.

import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { SpanRecord } from 'lightspan/core'
import { decodeCompact, type TracesData } from 'lightspan/wire'
import { createPipeline } from '../src/pipeline.ts'
import type { EdgeOptions } from '../src/options.ts'

interface Sent {
  url: string
  init: RequestInit & { headers: Record<string, string> }
  answer: (response: Response) => void
  fail: (error: Error) => void
}

const all: Sent[] = []
let opened = 0

beforeEach(() => {
  vi.useFakeTimers({ now: 1.7e12, toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  vi.stubGlobal(
    'fetch',
    (url: string, init: Sent['init']) =>
      new Promise<Response>((answer, fail) => all.push({ url, init, answer, fail })),
  )
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const span = (name: string): SpanRecord => ({
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: Math.random().toString(16).slice(2).padEnd(16, '1').slice(0, 16),
  name,
  kind: 2,
  start: 1,
  duration: 2,
  attributes: {},
  events: [],
  links: [],
  status: 0,
})

const turn = () => new Promise((later) => setImmediate(later))

const open = (more: Partial<EdgeOptions> = {}) => {
  // A name of its own: what a test before this one left under way is none of it.
  const url = `https://c.example/${++opened}`
  const { add, kick } = createPipeline({ service: 'edge', url, ...more })
  const promised: Promise<unknown>[] = []
  const sent = () => all.filter((it) => it.url.startsWith(more.url ?? url))
  return {
    url,
    add,
    promised,
    sent,
    /** The export of that number, once it has been compressed and has left. */
    nth: async (number: number): Promise<Sent> => {
      for (const end = performance.now() + 10_000; performance.now() < end; await turn()) {
        const it = sent()[number - 1]
        if (it) return it
      }
      throw new Error(`10 s passed without export ${number}, there are ${sent().length}`)
    },
    /** A request that made spans of these names, and is over. */
    request: (...names: string[]) => {
      names.forEach((name) => add(span(name)))
      kick((promise) => void promised.push(promise))
    },
  }
}

/** Lets what is under way go on: small bodies are not compressed, and leave within a few turns. */
const settle = async () => {
  for (let n = 0; n < 20; n++) await turn()
}
const pass = async (ms: number) => {
  await vi.advanceTimersByTimeAsync(ms)
  await settle()
}

const text = async ({ init: { body } }: Sent) =>
  typeof body == 'string' ? body : gunzipSync(Buffer.from(body as ArrayBuffer)).toString()
const read = async (it: Sent) => {
  const { dropped, data } = decodeCompact(await text(it))
  const names = data.resourceSpans[0]!.scopeSpans[0]!.spans.map(({ name }) => name)
  return { dropped, names: names.sort() }
}
const many = (count: number, prefix = 's') =>
  Array.from({ length: count }, (_, n) => `${prefix}${`${n}`.padStart(4, '0')}`)

describe('spans', () => {
  test('of requests that follow one another leave together, in the time of the first', async () => {
    const { request, promised, sent } = open()
    request('a', 'b')
    await pass(600)
    request('c')
    expect(promised).toHaveLength(1)
    expect(sent()).toHaveLength(0)
    await pass(400)
    expect(sent()).toHaveLength(1)
    expect(await read(sent()[0]!)).toEqual({ dropped: 0, names: ['a', 'b', 'c'] })
    sent()[0]!.answer(new Response('{}'))
    await promised[0]
    request('d')
    await pass(1000)
    expect(await read(sent()[1]!)).toEqual({ dropped: 0, names: ['d'] })
  })

  test('wait as long as the option says', async () => {
    const { request, sent } = open({ delay: 50 })
    request('a')
    await pass(49)
    expect(sent()).toHaveLength(0)
    await pass(1)
    expect(sent()).toHaveLength(1)
  })

  test('leave at once where there are a hundred, but not within the request', async () => {
    const { request, sent, nth } = open()
    request(...many(100))
    await settle()
    expect(sent()).toHaveLength(0)
    await pass(0)
    const first = await nth(1)
    expect((await read(first)).names).toHaveLength(100)
    expect(first.init.body).toBeInstanceOf(ArrayBuffer)
  })

  test('go nowhere without a URL', async () => {
    const before = all.length
    const { request, promised } = open({ url: undefined })
    request(...many(200))
    await pass(5000)
    expect([all.length - before, promised.length]).toEqual([0, 0])
  })

  test('hold three exports and 2,000 spans against a collector that hangs, and say what was lost', async () => {
    const { request, promised, sent, nth } = open()
    for (let n = 0; n < 100; n++) {
      request(...many(100, `${n}-`.padStart(4, '0')))
      await pass(0)
    }
    const [first] = await Promise.all([nth(1), nth(2), nth(3)])
    await settle()
    expect([sent().length, promised.length]).toEqual([3, 3])
    first.answer(new Response('{}'))
    const { dropped, names } = await read(await nth(4))
    // 10,000 spans, less three times 100 that are under way and 2,000 that wait
    expect(dropped).toBe(7700)
    expect(names).toHaveLength(500)
    expect(names[0]).toBe('080-0000')
  })

  test('give up an export that takes ten seconds', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout')
    const { request, sent } = open()
    request('a')
    await pass(1000)
    expect(timeout).toHaveBeenCalledWith(10_000)
    expect(timeout.mock.results.map(({ value }) => value as unknown)).toContain(
      sent()[0]!.init.signal,
    )
    timeout.mockRestore()
  })

  test('stay where the collector is busy, and leave when it wants them', async () => {
    const { request, promised, sent } = open()
    request('a')
    await pass(1000)
    sent()[0]!.answer(new Response(null, { status: 503, headers: { 'retry-after': '7' } }))
    await pass(6000)
    request('b')
    expect([sent().length, promised.length]).toEqual([1, 1])
    await pass(1002)
    expect(await read(sent()[1]!)).toEqual({ dropped: 0, names: ['a', 'b'] })
    sent()[1]!.answer(new Response('{}'))
    await Promise.all(promised)
  })

  test('are tried again where no other request comes, also by a timer that rounds down', async () => {
    const chance = vi.spyOn(Math, 'random').mockReturnValue(0.0001)
    const { request, promised, sent } = open()
    request('a')
    await pass(1000)
    sent()[0]!.answer(new Response(null, { status: 503 }))
    await pass(3000)
    chance.mockRestore()
    expect(sent()).toHaveLength(2)
    sent()[1]!.answer(new Response('{}'))
    await Promise.all(promised)
  })

  test.each([400, 401, 413])(
    'are dropped and counted where the collector says %s',
    async (status) => {
      const { request, promised, sent } = open()
      request('a', 'b')
      await pass(1000)
      sent()[0]!.answer(new Response(null, { status }))
      await Promise.all(promised)
      await pass(5000)
      request('c')
      await pass(1000)
      expect(await read(sent()[1]!)).toEqual({ dropped: 2, names: ['c'] })
    },
  )

  test('that cannot be written are dropped and counted, and keep no others', async () => {
    const { add, request, sent } = open()
    const hostile = {
      get odd(): string {
        throw new Error('no value either')
      },
    }
    add({ ...span('odd'), attributes: hostile })
    request()
    await pass(1000)
    expect(sent()).toHaveLength(0)
    await pass(5000)
    request('even')
    await pass(1000)
    expect(await read(sent()[0]!)).toEqual({ dropped: 1, names: ['even'] })
  })

  test('ask a collector that is gone ever more rarely, and lose nothing that fits', async () => {
    // real work on a clock that is not real would take minutes of it
    vi.stubGlobal('CompressionStream', undefined)
    const { request, sent, nth } = open()
    const asked: number[] = []
    for (let second = 0; second < 600; second++) {
      request(`${second}`.padStart(3, '0'))
      await pass(1000)
      for (const it of sent().slice(asked.length)) {
        asked.push(second)
        it.fail(new TypeError('connection refused'))
      }
    }
    expect(asked.length).toBeGreaterThan(5)
    expect(asked.length).toBeLessThan(20)
    // once a minute at last; jitter only adds to that
    const late = asked.filter((second) => second > 300)
    expect(late.length).toBeGreaterThan(2)
    for (const [index, second] of late.slice(1).entries())
      expect(second - late[index]!).toBeGreaterThanOrEqual(60)
    await pass(100_000)
    request('600')
    await pass(1000)
    const { dropped, names } = await read(await nth(asked.length + 1))
    expect([dropped, names.length, names[0]]).toEqual([0, 500, '000'])
  })

  test('go with the next batch where a request is cut off with their export, and so does what that told', async () => {
    const { request, sent } = open()
    request('a')
    await pass(1000)
    sent()[0]!.answer(new Response(null, { status: 400 }))
    await pass(5000)
    request('b')
    await pass(1000)
    expect(await read(sent()[1]!)).toEqual({ dropped: 1, names: ['b'] })
    // the platform ended the request: nobody will hear what became of it
    request('c')
    await pass(1000)
    expect(sent()).toHaveLength(2) // one alone, after a failure
    await pass(10_001)
    request('d')
    await pass(1000)
    expect(await read(sent()[2]!)).toEqual({ dropped: 1, names: ['b', 'c', 'd'] })
    // a process that was frozen goes on where it stood: what is said so late changes nothing
    sent()[1]!.fail(new TypeError('terminated'))
    await settle()
    sent()[2]!.answer(new Response('{}'))
    await settle()
    request('e')
    await pass(1000)
    expect(await read(sent()[3]!)).toEqual({ dropped: 0, names: ['e'] })
  })

  test('beyond what may wait are told as lost where requests are cut off with their exports', async () => {
    vi.stubGlobal('CompressionStream', undefined)
    const { request, sent, nth } = open()
    for (let n = 0; n < 3; n++) {
      request(...many(500, `${n}-`))
      await pass(0)
      await nth(n + 1)
    }
    request(...many(2000, '3-'))
    await pass(11_001)
    request('last')
    await pass(0)
    expect(sent()).toHaveLength(4)
    const { dropped, names } = await read(await nth(4))
    // 3,501 spans, of which 2,000 may wait: the oldest go, those of the exports that were cut off
    expect([dropped, names.length, names[0]]).toEqual([1501, 500, '3-0001'])
  })

  test('wait for the next request rather than for an answer that would come too late for this one', async () => {
    vi.stubGlobal('CompressionStream', undefined)
    const { request, promised, sent, nth } = open()
    request(...many(1800))
    await pass(0)
    for (let n = 1; n <= 3; n++) {
      await pass(9000)
      ;(await nth(n)).answer(new Response('{}'))
      await settle()
    }
    // 27 s after the response: a fourth could last until 37, and platforms end a request after 30
    expect([sent().length, promised.length]).toEqual([3, 1])
    await promised[0]
    request('next')
    await pass(1000)
    expect((await read(await nth(4))).names).toHaveLength(301)
  })

  test('are taken by another where the request that leads is cut off', async () => {
    const { request, sent } = open()
    request('a')
    vi.clearAllTimers()
    await pass(1500)
    request('b')
    await pass(400)
    expect(sent()).toHaveLength(0)
    await pass(100)
    request('c')
    await pass(1000)
    expect(await read(sent()[0]!)).toEqual({ dropped: 0, names: ['a', 'b', 'c'] })
  })
})

describe('a batch', () => {
  test('is compact text that needs nothing but its URL', async () => {
    const { request, sent, url } = open({
      key: 'public',
      version: '2',
      attributes: { 'cloud.region': 'fra' },
    })
    request('a')
    await pass(1000)
    const { init, ...first } = sent()[0]!
    expect(first.url).toBe(url)
    expect(init.method).toBe('POST')
    expect(init.headers).toEqual({ 'content-type': 'text/plain' })
    const { key, data } = decodeCompact(await text(sent()[0]!))
    expect(key).toBe('public')
    const [{ resource, scopeSpans }] = data.resourceSpans as [never]
    expect(JSON.stringify(resource)).toContain('cloud.region')
    expect(JSON.stringify(scopeSpans)).toContain('@lightspan/edge')
  })

  test('has a key in its query that arrives as it is', async () => {
    const { request, nth } = open({ format: 'otlp', url: 'https://otlp.example/v1', key: 'a+b&c=' })
    request('a')
    await pass(1000)
    expect(new URL((await nth(1)).url).searchParams.get('key')).toBe('a+b&c=')
  })

  test('is OTLP where that is spoken, with headers and key', async () => {
    const { request, nth } = open({
      format: 'otlp',
      url: 'https://otlp.example/v1/traces?tenant=7',
      key: 'public',
      headers: { authorization: 'Bearer secret' },
    })
    request(...many(20))
    await pass(1000)
    const first = await nth(1)
    expect(first.url).toBe('https://otlp.example/v1/traces?tenant=7&key=public')
    expect(first.init.headers).toEqual({
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      authorization: 'Bearer secret',
    })
    const { resourceSpans } = JSON.parse(await text(first)) as TracesData
    expect(resourceSpans[0]!.scopeSpans[0]!.spans).toHaveLength(20)
    expect(resourceSpans[0]!.scopeSpans[0]!.spans[0]).toMatchObject({
      startTimeUnixNano: '1700000000001000000',
      endTimeUnixNano: '1700000000003000000',
    })
  })
})
