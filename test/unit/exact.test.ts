// @vitest-environment happy-dom
// Numbers that Lightspan works out hold no noise of arithmetic; numbers of the application stay as they are.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { interactionSpans, startWith, webVitals, type Lightspan } from 'lightspan'
import type { SpanRecord } from '../../src/trace/record.ts'
import { makeUpEngine } from '../kit/made-up-engine.ts'

const noise = 0.1 + 0.2 // 0.30000000000000004

let spans: SpanRecord[] = []
let engine: ReturnType<typeof makeUpEngine>
let lightspan: Lightspan

beforeEach(() => {
  spans = []
  engine = makeUpEngine(['paint', 'layout-shift', 'event'])
  lightspan = startWith([interactionSpans(), webVitals()], {
    service: 'shop',
    url: 'http://127.0.0.1:9/v1/spans',
    beforeSend: (span) => {
      spans.push(span)
      return null
    },
  })
  void lightspan.flush() // vitals begin with what is done later
})
afterEach(() => {
  lightspan.stop()
  vi.unstubAllGlobals()
})

const leave = () => dispatchEvent(new Event('pagehide'))

test('web vitals are rounded, shifts to six decimals too', () => {
  engine('paint', { name: 'first-contentful-paint', startTime: 68.90000000059605 })
  engine('layout-shift', { startTime: 80, value: 0.123456789, hadRecentInput: false })
  leave()
  const vitals = spans.flatMap(({ events }) => events.map(({ attributes }) => attributes))
  expect(
    Object.fromEntries(
      vitals.map((it) => [
        it['browser.web_vital.name'],
        [it['browser.web_vital.value'], it['browser.web_vital.delta']],
      ]),
    ),
  ).toEqual({ fcp: [68.9, 68.9], cls: [0.123457, 0.123457] })
})

test('the phases of an interaction are rounded', () => {
  const click = new Event('click', { bubbles: true })
  Object.defineProperties(click, {
    isTrusted: { value: true },
    timeStamp: { value: 100 },
  })
  document.body.addEventListener('click', () => lightspan.span('work', () => {}), { once: true })
  document.body.dispatchEvent(click)
  engine('event', {
    name: 'click',
    startTime: 100.1,
    processingStart: 100.3,
    processingEnd: 100.7,
    duration: 16,
  })
  leave()
  expect(spans.find(({ name }) => name.startsWith('click'))!.attributes).toMatchObject({
    'lightspan.interaction.input_delay': 0.2,
    'lightspan.interaction.processing_duration': 0.4,
    'lightspan.interaction.presentation_delay': 15.4,
  })
})

test('numbers of the application are not', () => {
  lightspan.span('work', { attributes: { price: noise } }, () => {})
  leave()
  expect(spans).toMatchObject([{ attributes: { price: noise } }])
})
