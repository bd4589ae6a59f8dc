// shop.ts: what happens in a small shop, as traces: from the click through the edge to two backends.

import type { TracesData } from 'lightspan/wire'
import type { Chance } from './random.ts'
import { buildTrace, type Plain, type TraceBuilder } from './trace-builder.ts'

const stack = `CardDeclined: the issuer declined the card
    at charge (file:///srv/payments/charge.js:41:11)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)
    at async pay (file:///srv/payments/server.js:88:20)
    at async handle (file:///srv/payments/server.js:31:5)`

interface Call {
  method: string
  route: string
  /** ms */
  at: number
  parent: string
  /** How long the database, and the second backend take, in ms. */
  query: number
  payment?: number
  fails?: boolean
  slowQuery?: boolean
}

const http = (method: string, path: string, status: number): Plain => ({
  'http.request.method': method,
  'url.full': `https://shop.example${path}`,
  'url.template': path,
  'server.address': 'shop.example',
  'http.response.status_code': status,
  ...(status >= 400 && { 'error.type': `${status}` }),
})

const served = (method: string, route: string, status: number): Plain => ({
  'http.request.method': method,
  'http.route': route,
  'url.path': route,
  'url.scheme': 'https',
  'http.response.status_code': status,
  'network.protocol.version': '1.1',
  'server.address': 'shop.internal',
})

const pay = (trace: TraceBuilder, parent: string, at: number, length: number, fails: boolean) => {
  const status = fails ? 402 : 200
  const client = trace.span({
    service: 'orders',
    name: 'POST /charges',
    kind: 'client',
    parent,
    at,
    for: length,
    attributes: http('POST', '/charges', status),
    ...(fails && { error: true }),
  })
  const server = trace.span({
    service: 'payments',
    name: 'POST /charges',
    kind: 'server',
    parent: client,
    at: at + 1.4,
    for: length - 3.1,
    attributes: {
      ...served('POST', '/charges', status),
      'payment.provider': 'examplepay',
      'payment.amount': 79.9,
    },
    ...(fails && { error: 'the issuer declined the card' }),
  })
  trace.span({
    service: 'payments',
    name: 'validate card',
    parent: server,
    at: at + 2,
    for: length * 0.04,
  })
  trace.span({
    service: 'payments',
    name: 'charge',
    parent: server,
    at: at + 2.2 + length * 0.05,
    for: length * 0.82,
    attributes: { 'payment.attempt': 1, 'peer.service': 'examplepay' },
    ...(fails && {
      error: 'card declined',
      events: [
        {
          name: 'exception',
          at: at + length * 0.84,
          attributes: {
            'exception.type': 'CardDeclined',
            'exception.message': 'the issuer declined the card',
            'exception.stacktrace': stack,
          },
        },
      ],
    }),
  })
}

const backendWork = (
  trace: TraceBuilder,
  chance: Chance,
  parent: string,
  at: number,
  call: Call,
) => {
  const end = at + call.query + (call.payment ?? 0) + 6
  const status = call.fails ? 502 : 200
  const server = trace.span({
    service: 'orders',
    name: `${call.method} ${call.route}`,
    kind: 'server',
    parent,
    at,
    for: end - at,
    attributes: served(call.method, call.route, status),
    ...(call.fails && { error: true }),
  })
  trace.span({
    service: 'orders',
    name: 'read session',
    parent: server,
    at: at + 0.4,
    for: 0.63,
    attributes: { 'cache.hit': chance.next() > 0.3 },
  })
  trace.span({
    service: 'orders',
    name: 'SELECT stock',
    kind: 'client',
    parent: server,
    at: at + 1.8,
    for: call.query,
    attributes: {
      'db.system.name': 'postgresql',
      'db.namespace': 'shop',
      'db.query.text': 'SELECT sku, count FROM stock WHERE sku = ANY($1)',
      'db.response.returned_rows': 3,
    },
    ...(call.slowQuery && {
      events: [
        { name: 'lock.wait', at: at + 4, attributes: { 'db.lock.mode': 'RowExclusiveLock' } },
      ],
    }),
  })
  if (call.payment) pay(trace, server, at + call.query + 2.6, call.payment, !!call.fails)
  return end
}

/** Browser fetch, through the edge, to the backends. Returns when the answer was there, in ms. */
const request = (trace: TraceBuilder, chance: Chance, call: Call) => {
  const { method, route, at, parent } = call
  const net = chance.between(9, 22)
  const inner = call.query + (call.payment ?? 0) + 6
  const status = call.fails ? 502 : 200
  const failed = call.fails ? { error: true as const } : {}
  const end = at + net * 2 + inner + 8
  const browser = trace.span({
    service: 'shop-web',
    name: `${method} /api${route}`,
    kind: 'client',
    parent,
    at,
    for: end - at,
    attributes: { ...http(method, `/api${route}`, status), 'http.response.body.size': 1840 },
    ...failed,
  })
  const edge = trace.span({
    service: 'shop-edge',
    name: `${method} /api${route}`,
    kind: 'server',
    parent: browser,
    at: at + net,
    for: inner + 7,
    attributes: { ...served(method, `/api${route}`, status), 'client.address': '203.0.113.0' },
    ...failed,
  })
  trace.span({
    service: 'shop-edge',
    name: 'check token',
    parent: edge,
    at: at + net + 0.3,
    for: 1.1,
  })
  const client = trace.span({
    service: 'shop-edge',
    name: `${method} ${route}`,
    kind: 'client',
    parent: edge,
    at: at + net + 1.9,
    for: inner + 4,
    attributes: http(method, route, status),
    ...failed,
  })
  backendWork(trace, chance, client, at + net + 3.6, call)
  return end
}

const visit = (chance: Chance): Plain => ({ 'session.id': chance.hex(32), 'url.path': '/cart' })

/** The click that everything is about. */
export const clickBuy = (
  chance: Chance,
  start: number,
  how: { slow?: boolean; fails?: boolean; id?: string },
): TracesData => {
  const trace = buildTrace(chance, start, how.id)
  const root = chance.hex(16)
  const query = how.slow ? 1240 + chance.next() * 400 : chance.around(14)
  const payment = chance.around(130)
  const end = request(trace, chance, {
    method: 'POST',
    route: '/checkout',
    at: 6.2,
    parent: root,
    query,
    payment,
    ...(how.slow && { slowQuery: true }),
    ...(how.fails && { fails: true }),
  })
  trace.span({
    service: 'shop-web',
    name: 'click button#buy',
    id: root,
    at: 0,
    for: how.slow ? 62 : end + 18,
    attributes: { ...visit(chance), 'lightspan.interaction.id': 4711, 'browser.web_vital.inp': 48 },
    events: [
      {
        name: 'browser.web_vital',
        at: 48,
        attributes: {
          'browser.web_vital.name': 'inp',
          'browser.web_vital.value': 48,
          'browser.web_vital.rating': 'good',
        },
      },
    ],
    links: [
      { traceId: chance.hex(32), spanId: chance.hex(16), attributes: { 'lightspan.link': 'view' } },
    ],
    ...(how.fails && {
      error: true,
      events: [
        {
          name: 'exception',
          at: end + 3,
          attributes: {
            'exception.type': 'CheckoutFailed',
            'exception.message': 'We could not take your money',
            'exception.stacktrace':
              'CheckoutFailed: We could not take your money\n    at buy (https://shop.example/app.js:1:20331)',
          },
        },
      ],
    }),
  })
  trace.span({
    service: 'shop-web',
    name: 'navigate /thanks',
    parent: root,
    at: end + 1.2,
    for: 14.8,
    attributes: { 'url.template': '/thanks', 'lightspan.navigation.type': 'push' },
  })
  return trace.data()
}

/** A page load, joined to the edge's span that served the page. */
export const pageLoad = (chance: Chance, start: number): TracesData => {
  const trace = buildTrace(chance, start)
  const [edge, load] = [chance.hex(16), chance.hex(16)]
  const ttfb = chance.around(60)
  const end = ttfb + chance.around(420)
  trace.span({
    service: 'shop-edge',
    name: 'GET /',
    kind: 'server',
    id: edge,
    at: 14,
    for: ttfb - 22,
    attributes: served('GET', '/', 200),
  })
  trace.span({
    service: 'shop-web',
    name: 'load /',
    id: load,
    parent: edge,
    at: 0,
    for: end,
    attributes: { ...visit(chance), 'url.template': '/', 'lightspan.navigation.type': 'navigate' },
    events: [
      { name: 'domInteractive', at: end * 0.45 },
      { name: 'domContentLoadedEventEnd', at: end * 0.52 },
      {
        name: 'browser.web_vital',
        at: end * 0.7,
        attributes: {
          'browser.web_vital.name': 'lcp',
          'browser.web_vital.value': end * 0.7,
          'browser.web_vital.rating': 'good',
        },
      },
      { name: 'loadEventEnd', at: end },
    ],
  })
  trace.span({
    service: 'shop-web',
    name: 'GET',
    kind: 'client',
    parent: load,
    at: 2.1,
    for: ttfb,
    attributes: http('GET', '/', 200),
  })
  request(trace, chance, {
    method: 'GET',
    route: '/products',
    at: end * 0.5,
    parent: load,
    query: chance.around(11),
  })
  request(trace, chance, {
    method: 'GET',
    route: '/cart',
    at: end * 0.51,
    parent: load,
    query: chance.around(4),
  })
  return trace.data()
}

/** A click that opens a product. */
export const clickProduct = (chance: Chance, start: number): TracesData => {
  const trace = buildTrace(chance, start)
  const root = chance.hex(16)
  const end = request(trace, chance, {
    method: 'GET',
    route: '/products/{sku}',
    at: 4,
    parent: root,
    query: chance.around(9),
  })
  trace.span({
    service: 'shop-web',
    name: 'click a',
    id: root,
    at: 0,
    for: end + 12,
    attributes: visit(chance),
  })
  trace.span({
    service: 'shop-web',
    name: 'navigate /products/{sku}',
    parent: root,
    at: 3,
    for: end + 4,
  })
  return trace.data()
}
