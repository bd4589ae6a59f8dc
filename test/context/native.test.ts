// @vitest-environment happy-dom
// Ready for AsyncContext: one file keeps the active span with the platform; Node's own propagation poses as it.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  fetchSpans,
  interactionSpans,
  nativeContext,
  startWith,
  type Instrumentation,
  type Lightspan,
  type Parts,
} from 'lightspan'
import {
  createStackContext,
  createTracer,
  createWithSpan,
  platformClock,
  randomHex,
  type Context,
  type Span,
} from 'lightspan/core'
import { AsyncContext } from './kit/posing-async-context.ts'

const contexts: Record<string, () => Context> = {
  'our stack': () => createStackContext(),
  'a native variable': () => nativeContext(AsyncContext)(),
}

const build = (context: Context) => {
  const ended: Span[] = []
  const tracer = createTracer({
    clock: platformClock(),
    random: randomHex,
    context,
    sample: 1,
    onEnd: (span) => void ended.push(span),
  })
  return { ...tracer, ended, span: createWithSpan(tracer) }
}

describe.each(Object.entries(contexts))('over %s', (_, make) => {
  test('nothing is active at first, and after each run what was before it', () => {
    const { active, run, start } = build(make())
    expect(active()).toBeUndefined()
    const [a, b] = [start('a'), start('b')]
    run(a, () => {
      expect(active()).toBe(a)
      run(b, () => expect(active()).toBe(b))
      run(undefined, () => expect(active()).toBeUndefined())
      expect(active()).toBe(a)
    })
    expect(active()).toBeUndefined()
  })

  test('a result and a throw come through', () => {
    const { active, run, start } = build(make())
    expect(run(start('a'), () => 7)).toBe(7)
    const fail = () => {
      throw new RangeError('no')
    }
    expect(() => run(start('a'), fail)).toThrow(RangeError)
    expect(active()).toBeUndefined()
  })

  test('spans become children of the active one', () => {
    const { span, ended } = build(make())
    span('outer', () => span('inner', () => {}))
    const [inner, outer] = ended
    expect(inner!.parentId).toBe(outer!.spanId)
  })
})

test('what is entered is active until it is left, and a run is nearer', () => {
  const { active, enter, run } = nativeContext(AsyncContext)()
  const { start } = build(createStackContext())
  const [a, b] = [start('a'), start('b')]
  expect(enter(() => a)).toBeUndefined()
  expect(active()).toBe(a)
  run(b, () => expect(active()).toBe(b))
  run(undefined, () => expect(active()).toBeUndefined())
  expect(enter(undefined)?.()).toBe(a)
  expect(active()).toBeUndefined()
})

test('where the platform has no AsyncContext the page’s slot is used', () => {
  const slot: { current?: unknown } = {}
  const { enter } = nativeContext()(slot)
  enter(() => build(createStackContext()).start('a'))
  expect(slot.current).toBeDefined()
})

// The real SDK in a page whose platform has AsyncContext: what arrives at the server is what counts.
describe('in a page', () => {
  const sent: { tag: string; traceId: string | undefined }[] = []
  let lightspan: Lightspan
  const begin = (instrumentations: readonly Instrumentation[], parts: Parts) => {
    lightspan = startWith(instrumentations, { service: 'shop', url: '/v1/spans' }, parts)
  }
  const load = (tag: string) => fetch(`/api?tag=${tag}`)
  const traceOf = (tag: string) => sent.find((it) => it.tag == tag)?.traceId
  beforeEach(() => {
    sent.length = 0
    vi.stubGlobal('origin', location.origin) // which happy-dom does not tell
    vi.stubGlobal('fetch', async (url: string, init?: { headers?: HeadersInit }) => {
      const tag = new URL(url, 'http://shop.example').searchParams.get('tag')
      const given = new Headers(init?.headers).get('traceparent')
      if (tag) sent.push({ tag, traceId: given?.split('-')[1] })
      return Promise.resolve(new Response('{}'))
    })
    document.body.innerHTML = '<button id="go">go</button>'
  })
  afterEach(() => {
    lightspan.stop()
    vi.unstubAllGlobals()
  })

  // Three native awaits of different kinds, each of which loses what only a stack keeps.
  const journey = async (tag: string) => {
    await Promise.resolve()
    await new Promise((later) => setTimeout(later, 2))
    await (await load(`${tag}-first`)).text()
    await load(tag)
  }
  const two = async () => {
    const roots: Record<string, string> = {}
    await Promise.all(
      ['a', 'b'].map((tag) =>
        lightspan.span(tag, (span) => {
          roots[tag] = span.traceId
          return journey(tag)
        }),
      ),
    )
    return roots
  }

  test('two journeys at once stay apart over native awaits, with no transform', async () => {
    begin([fetchSpans()], { context: nativeContext(AsyncContext) })
    const roots = await two()
    expect(roots['a']).not.toBe(roots['b'])
    for (const tag of ['a', 'b'])
      for (const name of [tag, `${tag}-first`]) expect(traceOf(name)).toBe(roots[tag])
    expect(lightspan.active()).toBeUndefined()
  })

  test('the page’s slot alone loses both: the test above can fail', async () => {
    begin([fetchSpans()], {})
    const roots = await two()
    for (const tag of ['a', 'b']) expect(traceOf(tag)).not.toBe(roots[tag])
  })

  test('a queue keeps its context by the platform’s own Snapshot', async () => {
    begin([fetchSpans()], { context: nativeContext(AsyncContext) })
    const queue: (() => void)[] = []
    const traceId = lightspan.span('put', (span) => {
      queue.push(AsyncContext.Snapshot.wrap(() => void load('wrapped')))
      const snapshot = new AsyncContext.Snapshot()
      queue.push(() => snapshot.run(() => void load('snapshot')))
      queue.push(() => void load('bare'))
      return span.traceId
    })
    await Promise.resolve()
    queue.forEach((work) => work())
    for (const tag of ['wrapped', 'snapshot']) expect(traceOf(tag)).toBe(traceId)
    expect(traceOf('bare')).not.toBe(traceId)
  })

  // What a page would add until the standard says in which context listeners run.
  const listenersInRun: Instrumentation = ({ active, run }) => {
    const { addEventListener } = Element.prototype
    Element.prototype.addEventListener = function (type: string, hear: never, how: never) {
      const heard = function (this: unknown, event: Event) {
        const span = active()
        const call = () => Reflect.apply(hear, this, [event]) as unknown
        return span ? run(span, call) : call()
      }
      Reflect.apply(addEventListener, this, [type, heard, how])
    }
    return () => {
      Reflect.deleteProperty(Element.prototype, 'addEventListener')
    }
  }

  const click = async (more: Instrumentation[]) => {
    begin([...more, interactionSpans(), fetchSpans()], { context: nativeContext(AsyncContext) })
    let traceId: string | undefined
    let done: Promise<unknown> | undefined
    document.querySelector('#go')!.addEventListener('click', () => {
      traceId = lightspan.active()?.traceId
      void load('at once')
      done = journey('later')
    })
    const event = new MouseEvent('click', { bubbles: true })
    Object.defineProperty(event, 'isTrusted', { value: true })
    document.querySelector('#go')!.dispatchEvent(event)
    await done
    expect(traceId).toMatch(/^[\da-f]{32}$/)
    return traceId
  }

  test('a click’s own turn is linked; its awaits are where its listeners run in `run`', async () => {
    const traceId = await click([listenersInRun])
    for (const tag of ['at once', 'later-first', 'later']) expect(traceOf(tag)).toBe(traceId)
  })

  test('without that, a click’s own turn is linked and no more', async () => {
    const traceId = await click([])
    expect(traceOf('at once')).toBe(traceId)
    expect(traceOf('later')).not.toBe(traceId)
  })
})
