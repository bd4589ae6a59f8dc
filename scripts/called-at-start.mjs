// called-at-start.mjs: the functions of a script that run as a page starts it, one `start,end` a line: offsets in its text,
// which comes by standard input. In a process of its own: it makes a page of Node's globals.

import { Session } from 'node:inspector/promises'
import { text } from 'node:stream/consumers'
import { runInThisContext } from 'node:vm'
import { Window } from 'happy-dom'

const window = new Window({ url: 'https://shop.example/cart' })
for (const name of Object.getOwnPropertyNames(window))
  if (!(name in globalThis)) globalThis[name] = window[name]
for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent'])
  globalThis[name] = window[name].bind(window)

// What happy-dom does not have and every browser has.
globalThis.PerformanceObserver = class {
  static supportedEntryTypes = ['event', 'largest-contentful-paint', 'layout-shift', 'resource']
  observe() {}
  disconnect() {}
  takeRecords = () => []
}
const navigation = { name: location.href, type: 'navigate', startTime: 0, responseStatus: 200 }
performance.getEntriesByType = (type) => (type == 'navigation' ? [navigation] : [])

const session = new Session()
session.connect()
const filename = 'lightspan:script'
const code = await text(process.stdin)
await session.post('Profiler.enable')
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
runInThisContext(code, { filename })
globalThis.lightspan.start({ service: 'shop' })
dispatchEvent(new window.Event('load'))
const { result } = await session.post('Profiler.takePreciseCoverage')
const { functions } = result.find(({ url }) => url == filename)
for (const { ranges } of functions)
  if (ranges[0].count) console.log(`${ranges[0].startOffset},${ranges[0].endOffset}`)
process.exit()
