// @vitest-environment happy-dom
// Clicks in anger, by the times between them; and clicks that seem dead.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { frustrationSpans, startWith, type Lightspan } from 'lightspan'
import { makeUpEngine } from '../kit/made-up-engine.ts'

let names: string[] = []
let lightspan: Lightspan

beforeEach(() => {
  names = []
  vi.useFakeTimers()
  makeUpEngine([])
  document.body.innerHTML = `<p id=plus>+</p><p id=minus>-</p><a id=on href="#">x</a>
    <a id=save href="#" download>x</a><a id=tab href="#" target=_blank>x</a>`
  lightspan = startWith([frustrationSpans()], {
    service: 'shop',
    url: 'http://127.0.0.1:9/v1/spans',
    beforeSend: ({ name }) => {
      names.push(name)
      return null
    },
  })
})
afterEach(() => {
  lightspan.stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const click = (id: string, times: number, step: number) => {
  for (let at = 0; at < times; at++) {
    vi.advanceTimersByTime(step)
    const event = new Event('click', { bubbles: true })
    Object.defineProperties(event, {
      isTrusted: { value: true },
      timeStamp: { value: performance.now() },
    })
    document.querySelector(`#${id}`)!.dispatchEvent(event)
  }
}

test.each([
  ['three within a second are in anger', () => click('plus', 3, 400), ['plus']],
  ['three that take longer are not', () => click('plus', 3, 600), []],
  ['ten in a row are in anger once', () => click('plus', 10, 400), ['plus']],
  [
    'after a pause they are so again',
    () => {
      click('plus', 10, 400)
      vi.advanceTimersByTime(1000)
      click('plus', 3, 100)
    },
    ['plus', 'plus'],
  ],
  [
    'on something else they are another’s',
    () => {
      click('plus', 4, 100)
      click('minus', 4, 100)
    },
    ['plus', 'minus'],
  ],
])('of clicks, %s', (_, work, expected) => {
  work()
  lightspan.stop()
  expect(names).toEqual(expected.map((id) => `rage click p#${id}`))
})

test.each([
  ['is dead where the page does nothing', 'on', ['dead click a#on']],
  ['may save a file, which the page does not show', 'save', []],
  ['may open a tab, which the page does not show', 'tab', []],
])('a link %s', (_, id, expected) => {
  click(id, 1, 0)
  vi.advanceTimersByTime(2000)
  lightspan.stop()
  expect(names).toEqual(expected)
})

test.each(['beforeunload', 'visibilitychange', 'blur'])('no link is dead after %s', (type) => {
  click('on', 1, 0)
  dispatchEvent(new Event(type))
  vi.advanceTimersByTime(2000)
  lightspan.stop()
  expect(names).toEqual([])
})
