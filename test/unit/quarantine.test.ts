// Origins that fail under our headers get none any more.

import { expect, test } from 'vitest'
import { createQuarantine } from '../../src/propagate/quarantine.ts'

const api = 'https://api.example'

test('an origin whose first request with our headers fails gets none any more, in this visit', () => {
  let saved = ''
  const first = createQuarantine('', (origins) => (saved = origins))
  expect(first.may(api)).toBe(true)
  first.heard(api, false)
  expect(first.may(api)).toBe(false)
  expect(first.may('https://other.example')).toBe(true)
  expect(createQuarantine(saved, () => {}).may(api)).toBe(false)
})

test('an origin that has answered once is only unreachable when it fails', () => {
  const it = createQuarantine('', () => expect.unreachable())
  it.heard(api, true)
  it.heard(api, false)
  expect(it.may(api)).toBe(true)
})
