import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { createIds, decodeCompact, encodeCompact, encodeOtlp, type Batch } from 'lightspan/wire'
import { expect, test } from 'vitest'
import { allKnown } from '../kit/all-known.mjs'
import { inOrder } from '../../src/wire/compact.ts'

// Recorded in real Chromium by test/bench/record-session.mjs.
const { seed, ...session } = JSON.parse(
  readFileSync(new URL('../vectors/session.json', import.meta.url), 'utf8'),
) as Batch & { seed: number[] }

/** Bytes a span, raw and after gzip, of the session in so many batches. */
const measure = (batches: number) => {
  const ids = allKnown(createIds(seed))
  const size = session.spans.length / batches
  const sum = { raw: 0, gzip: 0 }
  for (let number = 0; number < batches; number++) {
    const spans = session.spans.slice(number * size, (number + 1) * size)
    const text = encodeCompact({ ...session, ids, number, spans })
    sum.raw += Buffer.byteLength(text) / session.spans.length
    sum.gzip += gzipSync(text).length / session.spans.length
  }
  return sum
}

test('the recorded session has 120 spans with their attributes and what the network did', () => {
  expect(session.spans).toHaveLength(120)
  const requests = session.spans.filter(({ kind }) => kind == 3)
  expect(requests.length).toBeGreaterThan(60)
  expect(requests.every(({ attributes }) => Object.keys(attributes).length >= 6)).toBe(true)
  expect(requests.filter(({ events }) => events.length >= 3).length).toBeGreaterThan(50)
  expect(session.resource).toHaveProperty(['user_agent.original'])
})

test('a recorded session takes at most 28 bytes a span in one batch, 85 before gzip', () => {
  const { raw, gzip } = measure(1)
  expect(gzip).toBeLessThanOrEqual(28)
  expect(raw).toBeLessThanOrEqual(85)
})

test('a recorded session takes at most 42 bytes a span in four batches, 110 before gzip', () => {
  const { raw, gzip } = measure(4)
  expect(gzip).toBeLessThanOrEqual(42)
  expect(raw).toBeLessThanOrEqual(110)
})

test('a recorded session says the same in both formats', () => {
  const ids = allKnown(createIds(seed))
  expect(decodeCompact(encodeCompact({ ...session, ids })).data).toEqual(
    JSON.parse(encodeOtlp({ ...session, spans: inOrder(session.spans) })),
  )
})
