// odd.ts: traces that are large, broken or hostile.

import type { TracesData } from 'lightspan/wire'
import type { Chance } from './random.ts'
import { buildTrace } from './trace-builder.ts'

export const bigTraceId = 'b16'.padEnd(32, '0')
export const hostileTraceId = 'bad'.padEnd(32, '0')
export const brokenTraceId = 'dead'.padEnd(32, '0')
export const hostile = `<img src=x onerror="document.title='pwned'"><script>document.title='pwned'</script>`

const services = ['importer', 'catalogue', 'pricing', 'search', 'images']

/** `count` spans, up to eight deep. */
export const bigTrace = (chance: Chance, start: number, count: number): TracesData => {
  const trace = buildTrace(chance, start, bigTraceId)
  const root = trace.span({ service: 'importer', name: 'nightly import', at: 0, for: 42_000 })
  let open = [{ id: root, at: 0, for: 42_000, service: 'importer', depth: 0 }]
  for (let made = 1; made < count; made++) {
    const parent = open[Math.floor(chance.next() * Math.min(open.length, 400))] ?? open[0]
    if (!parent) break
    const at = parent.at + chance.next() * parent.for * 0.8
    const length = Math.max(0.02, chance.next() ** 2 * (parent.at + parent.for - at) * 0.6)
    const service = chance.next() < 0.3 ? chance.pick(services) : parent.service
    const error = chance.next() < 0.01
    const id = trace.span({
      service,
      name: `step ${made}`,
      parent: parent.id,
      at,
      for: length,
      attributes: { 'import.item': made },
      ...(error && { error: 'item refused' }),
    })
    if (parent.depth < 7) open.unshift({ id, at, for: length, service, depth: parent.depth + 1 })
    if (open.length > 600) open = [...open.slice(0, 200), ...open.slice(-200)]
  }
  return trace.data()
}

/** Names and values that would be code if anybody let them. */
export const hostileTrace = (chance: Chance, start: number): TracesData => {
  const trace = buildTrace(chance, start, hostileTraceId)
  trace.span({
    service: hostile,
    name: hostile,
    at: 0,
    for: 12,
    error: hostile,
    attributes: { [hostile]: hostile, 'url.full': 'javascript:document.title="pwned"' },
    events: [
      {
        name: 'exception',
        at: 3,
        attributes: {
          'exception.type': hostile,
          'exception.message': hostile,
          'exception.stacktrace': hostile,
        },
      },
      { name: hostile, at: 4, attributes: { [hostile]: hostile } },
    ],
  })
  return trace.data()
}

/** Orphans, a ring of parents, a child before its parent, ends that did not come. */
export const brokenTrace = (chance: Chance, start: number): TracesData => {
  const trace = buildTrace(chance, start, brokenTraceId)
  const root = trace.span({ service: 'shop-web', name: 'load /broken', at: 20, for: 200 })
  trace.span({
    service: 'shop-edge',
    name: 'GET /broken',
    kind: 'server',
    parent: root,
    at: 8,
    for: 150,
  })
  const orphan = trace.span({
    service: 'orders',
    name: 'GET /lost',
    kind: 'server',
    parent: '00000000000000ff',
    at: 60,
    for: 40,
  })
  trace.span({
    service: 'orders',
    name: 'SELECT lost',
    kind: 'client',
    parent: orphan,
    at: 64,
    for: 21,
  })
  trace.span({
    service: 'payments',
    name: 'ring a',
    id: '00000000000000aa',
    parent: '00000000000000bb',
    at: 70,
    for: 30,
  })
  trace.span({
    service: 'payments',
    name: 'ring b',
    id: '00000000000000bb',
    parent: '00000000000000aa',
    at: 80,
    for: 10,
  })
  trace.span({
    service: 'shop-web',
    name: 'GET /stream',
    parent: root,
    at: 90,
    for: 20,
    attributes: { 'lightspan.open': true, 'http.response.header.via': ['1.1 edge', '1.1 cache'] },
    events: [{ name: 'chunk', at: 92, attributes: { 'chunk.bytes': 512 } }],
  })
  trace.span({
    service: 'shop-web',
    name: 'GET /gone',
    parent: root,
    at: 95,
    for: 20,
    attributes: { 'lightspan.ended_by': 'abandoned' },
  })
  return trace.data()
}
