// Traces that sampling left out, recorded after all, in three engines.

import { expect, test } from 'vitest'
import { describeInBrowsers, type PageGlobals } from '../kit/in-browsers.ts'

declare const window: Window & PageGlobals & { tracing: import('lightspan').Lightspan }

describeInBrowsers('tailSampling', (ground) => {
  test('records the whole trace of a request that failed, and the server was told of none', async () => {
    const { site, tab, open, start, find, flush } = ground()
    await open('<script src="/lightspan-more.js"></script>')
    await start(['fetchSpans', 'errorSpans', 'tailSampling'], { sample: 0 })
    await tab.run(async () => {
      const get = (status: number) => fetch(`/api/${status}`)
      await window.tracing.span('quiet', () => Promise.all([get(200), get(404)]))
      await window.tracing.span('loud', () => Promise.all([get(200), get(503)]))
      setTimeout(() => {
        throw new Error('expected')
      })
    })
    const loud = await find({ name: 'loud' })
    const ended = await site.until(
      (all) => all.filter(({ traceId }) => traceId == loud.traceId).length == 3,
    )
    const requests = ended.filter(({ parentSpanId }) => parentSpanId == loud.spanId)
    expect(
      requests.map(({ attributes }) => attributes['http.response.status_code']).sort(),
    ).toEqual([200, 503])
    const error = await find({ name: 'uncaught exception' })
    for (const span of [loud, ...requests, error])
      expect(span.attributes['lightspan.sampled_by']).toBe('tail')
    await flush()
    expect(site.spans().map(({ name }) => name)).not.toContain('quiet')
    expect(site.spans()).toHaveLength(4)
    expect(site.requests.map(({ headers }) => `${headers['traceparent']}`.slice(-3))).toEqual(
      Array.from({ length: 4 }, () => '-02'),
    )
    expect(await tab.run(() => window.errors.splice(0))).toHaveLength(1)
  })
})
