// record-session.mjs: drives a scripted visit in real Chromium and writes its spans to
// test/vectors/session.json, the corpus that sizes and times are measured on. Needs a build.
// `node test/bench/record-session.mjs`

import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { chromium } from 'playwright-core'

const root = new URL('../../', import.meta.url)
const script = readFileSync(new URL('dist/lightspan.js', root))

const html = `<!doctype html><title>Shop</title><script src="/lightspan.js"></script>
<button id="more">More</button><button id="buy">Buy</button><p id="out">Shop</p>`

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://shop')
  const type = pathname.endsWith('.js') ? 'text/javascript' : 'text/html'
  if (request.method == 'POST') return request.resume().on('end', () => response.end('{}'))
  if (!pathname.startsWith('/api/'))
    return response
      .writeHead(200, { 'content-type': type })
      .end(pathname.endsWith('.js') ? script : html)
  const hash = [...pathname].reduce((sum, it) => (sum * 31 + it.charCodeAt(0)) % 9973, 7)
  setTimeout(
    () =>
      response
        .writeHead(pathname.includes('missing') ? 404 : 200, { 'content-type': 'application/json' })
        .end('x'.repeat(200 + hash)),
    3 + (hash % 40),
  )
})
await new Promise((ready) => server.listen(0, '127.0.0.1', ready))

const browser = await chromium.launch({
  executablePath: process.env['LIGHTSPAN_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP shop.example 127.0.0.1'],
})
const page = await browser.newPage()
await page.goto(`http://shop.example:${server.address().port}/products`)

// The spans are taken where they leave the page, by the encoder that `start` lets one bring; what
// the network did to each request goes with it, as events of OpenTelemetry's names.
await page.evaluate(() => {
  window.kept = { spans: [], pageId: '5f0c1d6e93b24a7f8a1be04c72d95630' }
  const { lightspan } = window
  const phases = [
    'domainLookupStart',
    'domainLookupEnd',
    'connectStart',
    'connectEnd',
    'requestStart',
    'responseStart',
    'responseEnd',
  ]
  const phasesOf = (span) => {
    const url = span.attributes['url.full']
    const entry = performance
      .getEntriesByType('resource')
      .find(
        (it) =>
          it.name.replace(/=[^&]+/g, '=REDACTED') == url && Math.abs(it.startTime - span.start) < 5,
      )
    if (!entry) return
    span.attributes['network.protocol.version'] = entry.nextHopProtocol.replace('http/', '')
    const fresh = entry.connectEnd > entry.connectStart
    for (const name of fresh ? phases : phases.slice(4))
      span.events.push({ name, time: entry[name], attributes: {} })
  }
  const tracing = lightspan.start({
    service: 'shop',
    version: '1.4.2',
    environment: 'production',
    url: '/v1/spans',
    attributes: { 'session.id': window.kept.pageId },
    encode: (batch) => {
      for (const span of batch.spans) if (span.kind == 3) phasesOf(span)
      const { ids, spans, ...head } = batch
      Object.assign(window.kept, head, { seed: ids.seed })
      window.kept.spans.push(
        ...JSON.parse(
          JSON.stringify(spans, (name, value) =>
            ['parent', 'children', 'open', 'lastEnd', 'ended'].includes(name) ? undefined : value,
          ),
        ),
      )
      return '{}'
    },
  })
  window.tracing = tracing
  const get = (path) => fetch('/api/' + path).then((response) => response.text())
  const xhr = (path) =>
    new Promise((done) => {
      const request = new XMLHttpRequest()
      request.open('POST', '/api/' + path)
      request.onloadend = done
      request.send('{}')
    })
  let clicks = 0
  document.querySelector('#more').onclick = () => {
    clicks++
    void get(`products?page=${clicks}&sort=price`)
    void get(`recommendations/${clicks * 17}`)
    if (clicks % 6 == 0) history.pushState({}, '', `/products/${clicks * 7}`)
    if (clicks % 6 == 0) void get(`products/${clicks * 7}`)
  }
  document.querySelector('#buy').onclick = async () => {
    void get(`cart/${(clicks += 100)}/price`)
    void xhr('cart/items')
    if (clicks % 2) void get('stock/missing')
    performance.mark('bought')
  }
})
for (let at = 0; at < 26; at++) {
  await page.click('#more')
  await page.waitForTimeout(150 + at * 3)
}
for (let at = 0; at < 12; at++) {
  await page.click('#buy')
  await page.waitForTimeout(180 + at * 9)
}
await page.evaluate(() => window.dispatchEvent(new Event('pagehide')))
await page.evaluate(() => window.tracing.flush())
const kept = await page.evaluate(() => window.kept)
await browser.close()
server.close()

const { spans, pageId: _, ...head } = kept
const scrub = JSON.stringify({ ...head, spans: spans.slice(0, 120) })
  .replaceAll(/shop\.example:\d+/g, 'shop.example:8443')
  .replaceAll(/"server\.port":\d+/g, '"server.port":8443')
  .replaceAll('},{"traceId"', '},\n{"traceId"')
writeFileSync(new URL('test/vectors/session.json', root), scrub + '\n')
console.log(`${spans.length} spans, ${scrub.length} bytes`)
