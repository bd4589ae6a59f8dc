// The labelled guess: one interaction going on is a cause, two are none.

import { beforeEach, describe, expect, test } from 'vitest'
import { inferredContext, type PageTracer, type Span } from 'lightspan'
import { createStackContext, createTracer, randomHex } from 'lightspan/core'
import { sharedSlot } from '../../src/trace/context.ts'
import { describeInBrowsers } from '../kit/in-browsers.ts'

let time: number
let tracer: PageTracer
let undo: () => void

// As much of a page as the guess looks at.
const createPage = () => {
  const context = createStackContext()
  const made = createTracer({
    clock: { origin: 0, now: () => time },
    random: randomHex,
    context,
    sample: 1,
    onEnd: () => {},
  })
  return { ...context, ...made } as unknown as PageTracer
}

const interaction = (name = 'click button#go') => {
  const span = tracer.start(name, { parent: null })
  tracer.noted.push(span)
  return span
}

const showView = (view: Span) => {
  tracer.noted.push(view)
  tracer.setView(view)
  return view
}

const inferred = ({ attributes }: Span) => attributes['lightspan.context'] == 'inferred'

beforeEach(() => {
  time = 1000
  tracer = createPage()
  undo = inferredContext()(tracer)
})

describe('what starts with nothing active', () => {
  test('is the child of the only interaction, and says that this is inferred', () => {
    const click = interaction()
    time += 150
    const span = tracer.start('GET')
    expect(span).toMatchObject({ traceId: click.traceId, parentId: click.spanId })
    expect(inferred(span)).toBe(true)
    expect(click).toMatchObject({ children: 1, open: 1 })
  })

  test.each(['click a', 'drag div', 'pointerdown a', 'keydown input#name'])(
    'after a %s',
    (name) => {
      const it = interaction(name)
      expect(tracer.start('GET').parentId).toBe(it.spanId)
    },
  )

  test('is nobody’s where two interactions could have caused it', () => {
    interaction()
    interaction('click button#other')
    const span = tracer.start('GET')
    expect(span.parentId).toBeUndefined()
    expect(inferred(span)).toBe(false)
  })

  test.each(['a span already', 'no span yet'])(
    'is the interaction’s just after its handlers, however long those took: it is %s',
    (state) => {
      const click = interaction()
      const span = state == 'no span yet' ? undefined : click
      const { name, start } = click
      tracer.noted[0] = { name, start, span, processingEnd: time + 300, real: () => click }
      time += 310
      expect(tracer.start('GET').parentId).toBe(click.spanId)
    },
  )

  test('is nobody’s once the interaction has settled', () => {
    interaction()
    time += 201
    expect(tracer.start('GET').parentId).toBeUndefined()
  })

  test('belongs to an interaction as long as that has requests under way, and just after', () => {
    const click = interaction()
    const first = tracer.run(click, () => tracer.start('GET'))
    click.end(time + 50)
    time += 900
    expect(tracer.start('GET').end).toBeDefined()
    time += 900
    first.end()
    time += 100
    expect(tracer.start('GET').parentId).toBe(click.spanId)
  })

  test('belongs to none for longer than 5 s', () => {
    const click = interaction()
    tracer.run(click, () => tracer.start('GET'))
    time += 5001
    expect(tracer.start('GET').parentId).toBeUndefined()
  })

  test('never becomes the child of an interaction that was dropped', () => {
    interaction().ended = true
    expect(tracer.start('GET').parentId).toBeUndefined()
  })

  test('is nobody’s while a page load goes on as well', () => {
    showView(tracer.start('page load', { parent: null }))
    interaction()
    const span = tracer.start('GET')
    expect(span.parentId).toBeUndefined()
    expect(inferred(span)).toBe(false)
  })

  test('belongs to the navigation that the interaction has caused', () => {
    const click = interaction()
    const view = tracer.run(click, () => tracer.start('navigation /cart'))
    showView(view)
    const span = tracer.start('GET')
    expect(span.parentId).toBe(view.spanId)
    expect(inferred(span)).toBe(true)
  })

  test('is left to the page’s view where there is no interaction', () => {
    const view = tracer.start('page load', { parent: null })
    tracer.setView(view)
    expect(tracer.start('GET').parentId).toBe(view.spanId)
  })
})

test('a parent that is known is never overruled', () => {
  interaction()
  const [other, active] = [
    { traceId: '1'.repeat(32), spanId: '2'.repeat(16) },
    tracer.start('a', { parent: null }),
  ]
  expect(tracer.start('b', { parent: null }).parentId).toBeUndefined()
  expect(tracer.start('c', { parent: other }).parentId).toBe(other.spanId)
  const inside = tracer.run(active, () => tracer.start('d'))
  expect(inside.parentId).toBe(active.spanId)
  expect(inferred(inside)).toBe(false)
})

test('where the application keeps its context nothing is guessed', () => {
  interaction()
  sharedSlot().kept = 1
  expect(tracer.start('GET').parentId).toBeUndefined()
  sharedSlot().kept = 0
  expect(inferred(tracer.start('GET'))).toBe(true)
})

test('undone it guesses no more', () => {
  undo()
  interaction()
  expect(tracer.start('GET').parentId).toBeUndefined()
})

describeInBrowsers('a request after a native await', (ground) => {
  const open = async (names: readonly string[]) => {
    const { open: openPage, start } = ground()
    await openPage(`<button id=go>go</button><button id=other>other</button>
      <script>
        const load = (name) => fetch('/api/200?of=' + name)
        const buy = async (name) => { await load(name + 1); await new Promise((go) => setTimeout(go, 20)); await load(name + 2) }
        for (const name of ['go', 'other']) document.querySelector('#' + name).onclick = () => void buy(name)
      </script>`)
    await start([...names, 'interactionSpans', 'fetchSpans'])
  }
  test('is the child of its click, as a guess', async () => {
    const { site, tab, find } = ground()
    await open(['inferredContext'])
    await tab.click('#go')
    await site.until((all) => all.filter(({ name }) => name == 'GET').length == 2)
    const click = await find({ name: 'click button#go' })
    const [first, second] = site
      .spans()
      .filter(({ name }) => name == 'GET')
      .sort((a, b) => a.start - b.start)
    expect([first!.parentSpanId, second!.parentSpanId]).toEqual([click.spanId, click.spanId])
    expect(first!.attributes).not.toHaveProperty('lightspan.context')
    expect(second!.attributes['lightspan.context']).toBe('inferred')
  })

  test('is so by default, as long as the application does not keep its context', async () => {
    const { site, tab } = ground()
    const tag = '<script src="/lightspan.js" data-service="page" data-url="/v1/spans"></script>'
    await tab.go(
      site.page(
        '/default',
        `<script>errors = []</script>${tag}<button id=go>go</button><script>
          go.onclick = async () => { await fetch('/api/200'); await fetch('/api/201') }
        </script>`,
      ),
    )
    await site.span('page load')
    await tab.click('#go')
    const click = await site.span('click button#go')
    const all = await site.until((it) => it.filter(({ name }) => name == 'GET').length == 3)
    expect(
      all
        .filter(({ traceId, name }) => traceId == click.traceId && name == 'GET')
        .map(({ parentSpanId, attributes }) => [parentSpanId, attributes['lightspan.context']])
        .sort(),
    ).toEqual([
      [click.spanId, undefined],
      [click.spanId, 'inferred'],
    ])
  })

  test('is nobody’s without it', async () => {
    const { site, tab } = ground()
    await open([])
    await tab.click('#go')
    const all = await site.until((it) => it.filter(({ name }) => name == 'GET').length == 2)
    const parents = all.filter(({ name }) => name == 'GET').map((it) => !!it.parentSpanId)
    expect(parents.sort()).toEqual([false, true])
  })
})
