// @vitest-environment happy-dom
// Work that is put off is done once, in order, and as soon as anybody asks for it.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLater } from '../../src/browser/later.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('what asks for it in the midst of it gets the rest done, and nothing is done twice', () => {
  const [later, run] = createLater()
  const done: string[] = []
  const asked: string[][] = []
  later(() => done.push('a'))
  later(() => {
    run()
    asked.push([...done])
    done.push('b')
  })
  for (const name of ['c', 'd']) later(() => done.push(name))
  run()
  expect(asked).toEqual([['a', 'c', 'd']])
  expect(done).toEqual(['a', 'c', 'd', 'b'])
})

test('what fails does not keep the rest from being done, nor what is added meanwhile', () => {
  const [later] = createLater()
  const done: string[] = []
  later(() => {
    later(() => done.push('added'))
    throw new Error('a defect')
  })
  later(() => done.push('a'))
  vi.advanceTimersByTime(200)
  expect(done).toEqual(['a', 'added'])
})

test('a page that loads has better to do for a second; once it has loaded, what comes then hurries all of it', () => {
  const state = vi.spyOn(document, 'readyState', 'get')
  const [later] = createLater()
  const done: string[] = []
  const add = (name: string) => later(() => done.push(name))
  state.mockReturnValue('interactive')
  add('a')
  vi.advanceTimersByTime(999)
  expect(done).toEqual([])
  vi.advanceTimersByTime(1)
  expect(done).toEqual(['a'])
  add('b')
  vi.advanceTimersByTime(500)
  state.mockReturnValue('complete')
  add('c')
  vi.advanceTimersByTime(79)
  expect(done).toEqual(['a'])
  vi.advanceTimersByTime(1)
  expect(done).toEqual(['a', 'b', 'c'])
  vi.advanceTimersByTime(1000)
  add('d')
  vi.advanceTimersByTime(80)
  expect(done).toEqual(['a', 'b', 'c', 'd'])
  state.mockRestore()
})
