// The table of attributes and the page that is made from it.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { render } from '../../scripts/attributes.mjs'
import { breaches } from '../kit/conventions.ts'
import type { ReceivedSpan } from '../kit/received.ts'

const page = new URL('../../docs/attributes.md', import.meta.url)

test('docs/attributes.md says what docs/attributes.json says (node scripts/attributes.mjs)', async () =>
  expect(readFileSync(page, 'utf8')).toBe(await render()))

test('an attribute that is in no table, or has another type there, is found', () => {
  const span = {
    attributes: { 'http.request.method': 'GET', 'http.request.methods': 'GET', own: 1 },
    resource: { 'server.port': '80' },
    events: [{ name: 'e', time: 0, attributes: { 'lightspan.made_up': true } }],
  } as unknown as ReceivedSpan
  expect(breaches([span])).toEqual([
    'http.request.methods: string',
    'server.port: string',
    'lightspan.made_up: boolean',
  ])
})
