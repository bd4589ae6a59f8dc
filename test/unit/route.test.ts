// Names of routes stay few, whatever paths a page goes through.

import { describe, expect, test } from 'vitest'
import { createRoutes } from '../../src/trace/route.ts'

describe('a learned route', () => {
  test.each([
    ['/', '/'],
    ['/cart', '/cart'],
    ['/product/123', '/product/{id}'],
    ['/product/7', '/product/{id}'],
    ['/o/2f1c1b9e-8d3a-4c53-9d21-6d5f7a0c1b2e/edit', '/o/{id}/edit'],
    ['/blob/da39a3ee5e6b4b0d', '/blob/{id}'],
    ['/2026-11-25/news', '/{id}/news'],
    ['/u/a@b.example', '/u/{id}'],
    ['/s/%C3%A4pfel', '/s/{id}'],
    ['/v2/list', '/v2/list'],
  ])('of %s is %s', (path, route) => expect(createRoutes()(path)).toBe(route))

  test('keeps words, until one place has seen too many of them', () => {
    const learn = createRoutes()
    const words = 'ant bee cat dog elk fox gnu hen ibis jay kite'.split(' ')
    const routes = words.map((word) => learn(`/product/${word}/reviews`))
    expect(routes.slice(0, 8)).toEqual(words.slice(0, 8).map((it) => `/product/${it}/reviews`))
    expect(new Set(routes.slice(8))).toEqual(new Set(['/product/{slug}/reviews']))
    expect(learn('/product/ant/reviews')).toBe('/product/ant/reviews')
    expect(learn('/cart')).toBe('/cart')
  })

  test.each([
    ['numbers', (at: number) => `/product/${at}`],
    ['slugs', (at: number) => `/blog/${'abcdefghij'[at % 10]}-post-${at.toString(36)}`],
    ['depth', (at: number) => '/a'.repeat(at % 100) + '/' + at.toString(36)],
    ['words of every length', (at: number) => `/${at.toString(26)}/${(at * 7).toString(26)}/x`],
    ['hashes', (at: number) => `/h/${(at * 2654435761).toString(16).padStart(12, '0')}`],
  ])('of 10,000 different %s is one of 50 at most', (_, path) => {
    const learn = createRoutes()
    const names = new Set(Array.from({ length: 10_000 }, (_, at) => learn(path(at))))
    expect(names.size).toBeLessThanOrEqual(50)
  })
})
