// server-timing.test.ts: which responses name their span, and what becomes of what they said before.

import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Span } from 'lightspan/core'
import { nameSpan } from '../src/server-timing.ts'

const value = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`
const now = 1_793_000_000_000
const own = `traceparent;desc="${value}";dur=${now}, trace;desc=${value}`
const other = `00-${'3'.repeat(32)}-${'4'.repeat(16)}-01`
const span = { traceparent: () => value } as Span

const timing = (headers: Record<string, string>) =>
  nameSpan(new Response('x', { headers }), span).headers.get('server-timing')

beforeEach(() => {
  vi.spyOn(Date, 'now').mockReturnValue(now)
  return () => vi.restoreAllMocks()
})

describe('a span is named', () => {
  test.each([
    [undefined],
    ['no-store'],
    ['no-cache'],
    ['private'],
    ['max-age=0'],
    ['private, max-age=0, must-revalidate'],
    ['public, no-cache'],
    ['public, max-age=60, no-store'],
    ['s-maxage=0'],
    ['max-age=00'],
  ])('where a cache has to ask first (%s)', (cacheControl) => {
    expect(timing(cacheControl ? { 'cache-control': cacheControl } : {})).toBe(own)
  })

  test.each([
    ['cache-control', 'public'],
    ['cache-control', 'max-age=1'],
    ['cache-control', 'private, max-age=600'],
    ['cache-control', 'max-age=0, s-maxage=60'],
    ['Cache-Control', 'Public, Max-Age="60"'],
    ['cache-control', 'immutable'],
    ['cdn-cache-control', 'max-age=60'],
    ['cloudflare-cdn-cache-control', 'max-age=60'],
    ['netlify-cdn-cache-control', 'public, durable, max-age=60'],
    ['vercel-cdn-cache-control', 's-maxage=60'],
    ['surrogate-control', 'max-age=60'],
    ['expires', new Date(now + 60_000).toUTCString()],
  ])('not where one may answer by itself (%s: %s)', (name, said) => {
    expect(timing({ [name]: said })).toBeNull()
  })

  test('where it has expired already', () => {
    expect(timing({ expires: '0' })).toBe(own)
    expect(timing({ expires: 'Thu, 01 Jan 1970 00:00:00 GMT' })).toBe(own)
  })
})

describe('what a response says already', () => {
  test.each([
    ['db;dur=53', 'db;dur=53'],
    ['db;desc="a, b";dur=1, cache;desc=hit', 'db;desc="a, b";dur=1, cache;desc=hit'],
    ['trace;desc=slow', 'trace;desc=slow'],
    [`db;dur=1, trace;desc=${other}, cpu;dur=2`, 'db;dur=1, cpu;dur=2'],
    [`traceparent;desc="${other}", db`, 'db'],
    [`traceparent; desc="${other}" , trace ;desc=${other}`, ''],
    [own, ''],
    [own.replace(`${now}`, `${now - 1e9}`), ''],
  ])('stays, but for other traces (%s)', (said, stays) => {
    expect(timing({ 'server-timing': said })).toBe(stays ? `${own}, ${stays}` : own)
  })
})

test('a response with immutable headers becomes another around the same body', () => {
  const redirect = Response.redirect('https://shop.example/', 307)
  const named = nameSpan(redirect, span)
  expect(named.status).toBe(307)
  expect(named.headers.get('location')).toBe('https://shop.example/')
  expect(named.headers.get('server-timing')).toBe(own)
})

test('a response that can be changed stays itself', () => {
  const response = new Response('x')
  expect(nameSpan(response, span)).toBe(response)
  expect(response.bodyUsed).toBe(false)
})

test('an upgrade and an error stay what they are', () => {
  const upgrade = { status: 101, headers: new Headers() } as Response
  expect(nameSpan(upgrade, span)).toBe(upgrade)
  const error = Response.error()
  expect(nameSpan(error, span)).toBe(error)
})
