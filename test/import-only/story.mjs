// story.mjs: imports Lightspan where there is no page, starts it, and uses all of it.

import { calls, changes } from './watch.mjs'
import * as lightspan from 'lightspan'

const options = { service: 'shop', url: 'http://127.0.0.1:9/v1/spans' }

const atImport = [...changes(), ...calls]

const use = async (it) => {
  const seen = [
    it.span('render', (span) => span.setAttribute('a', 1).name),
    await it.span('load', async () => 'cart'),
    it.startSpan('x').traceparent().slice(-3),
    it.active(),
  ]
  lightspan.addEvent(it, 'filled')
  lightspan.featureFlag(it, { key: 'new', value: true })
  it.recordError(new Error('x'))
  it.setAttributes({ a: 1 })
  it.setUser('me')
  it.setConsent('granted')
  it.use(lightspan.webSocketSpans())
  await it.flush()
  it.stop()
  return seen
}

/** What importing changed and called, and then starting; and what the handle gave. */
export const tell = async () => {
  const every = Object.entries(lightspan)
    .filter(([name]) =>
      /^(?!create).*(Spans|Vitals|Frames|userTiming|Operations|Errors)$/.test(name),
    )
    .map(([, make]) => make(() => true))
  const used = [
    await use(lightspan.start(options)),
    await use(lightspan.startWith(every, options, lightspan.allParts)),
  ]
  return { instrumentations: every.length, atImport, after: [...changes(), ...calls], used }
}
