// OpenTelemetry's own instrumentations in real browsers, with Lightspan behind the API.

import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Tracer } from '@opentelemetry/api'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { describeInBrowsers } from '../../../test/kit/in-browsers.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

declare const window: Window & {
  tracing: import('lightspan').Lightspan
  api: typeof import('@opentelemetry/api')
  end: () => void
}

let script = ''
beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [at('page/main.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    alias: {
      lightspan: at('../../../src/index.ts'),
      'lightspan/core': at('../../../src/core.ts'),
      '@lightspan/otel': at('../src/index.ts'),
    },
  })
  script = outputFiles[0]!.text.replaceAll('</script', '<\\/script')
}, 60_000)

describeInBrowsers('OpenTelemetry instrumentations', (ground) => {
  const open = async () => {
    const { site, tab, until } = ground()
    const html = `<button id=go>go</button><script>errors = []</script><script>${script}</script>`
    await tab.go(site.page('/', html))
    await until(() => document.readyState == 'complete')
  }

  // how OpenTelemetry names its attributes is not ours to judge
  afterEach(() => ground().site.clear())

  test('a request of OpenTelemetry’s fetch instrumentation is the child of Lightspan’s click, and carries it', async () => {
    const { site, tab, find } = ground()
    await open()
    await tab.click('#go')
    const request = await find(({ attributes }) =>
      `${attributes['http.url'] ?? attributes['url.full']}`.endsWith('/api/200?of=click'),
    )
    const click = await find({ name: 'click button#go' })
    expect(request).toMatchObject({
      traceId: click.traceId,
      parentSpanId: click.spanId,
      kind: 3,
    })
    expect(request.attributes['otel.scope.name']).toBe('@opentelemetry/instrumentation-fetch')
    const [arrived] = site.requests.filter(({ url }) => url == '/api/200?of=click')
    expect(arrived!.headers['traceparent']).toBe(`00-${request.traceId}-${request.spanId}-03`)
  })

  test('the spans of OpenTelemetry’s document load arrive with their times', async () => {
    const { find } = ground()
    await open()
    const load = await find({ name: 'documentLoad' })
    const fetched = await find({ name: 'documentFetch' })
    expect(fetched.parentSpanId).toBe(load.spanId)
    expect(fetched.start).toBeGreaterThanOrEqual(load.start - 1)
    expect(fetched.end).toBeLessThanOrEqual(load.end + 1)
    expect(Math.abs(load.start - Date.now())).toBeLessThan(60_000)
  })

  test('the batches that leave are no spans, however the page’s fetch was patched before', async () => {
    const { site, tab } = ground()
    await open()
    for (const name of ['one', 'two', 'three']) {
      await tab.run((title) => {
        window.tracing.span(title, () => {})
        return window.tracing.flush()
      }, name)
      await site.span(name)
    }
    expect(site.spans().filter((span) => span.name == 'POST')).toEqual([])
  })

  test('what the API makes in a page is where it belongs, and gone when all has stopped', async () => {
    const { tab, find } = ground()
    await open()
    const after = await tab.run(async () => {
      const { trace } = window.api
      const tracer: Tracer = trace.getTracer('app')
      window.tracing.span('outer', () =>
        tracer.startActiveSpan('inner', (span) => {
          window.tracing.span('innermost', () => {})
          span.end()
        }),
      )
      await window.tracing.flush()
      window.end()
      return tracer.startSpan('late').isRecording()
    })
    expect(after).toBe(false)
    const outer = await find({ name: 'outer' })
    const inner = await find({ name: 'inner' })
    expect(inner.parentSpanId).toBe(outer.spanId)
    expect((await find({ name: 'innermost' })).parentSpanId).toBe(inner.spanId)
  })

  test('where consent is denied nothing is injected', async () => {
    const { tab, site } = ground()
    await open()
    await tab.run(() => window.tracing.setConsent('denied'))
    await tab.run(() => fetch('/api/200?of=denied').then(() => 0))
    const [arrived] = site.requests.filter(({ url }) => url == '/api/200?of=denied')
    expect(arrived!.headers).not.toHaveProperty('traceparent')
    await tab.run(() => window.tracing.setConsent('granted'))
    await tab.run(() => fetch('/api/200?of=granted').then(() => 0))
    const [then] = site.requests.filter(({ url }) => url == '/api/200?of=granted')
    expect(then!.headers).toHaveProperty('traceparent')
  })
})
