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
