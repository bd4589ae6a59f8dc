// What stands in for a function of the page looks like it, and gives it back.

import { expect, test } from 'vitest'
import { patch } from '../../src/browser/patch.ts'

const createOwner = () => {
  const calls: string[] = []
  const ask = (path: string, _more?: object) => calls.push(path)
  return { calls, owner: { ask: Object.assign(ask, { calls: () => [...calls] }) } }
}

test('a wrapper is called what it stands for, takes as much, and has what a mock has besides', () => {
  const { owner } = createOwner()
  const heard: string[] = []
  patch(owner, 'ask', (original) =>
    Object.assign((path: string, more?: object) => heard.push(path) && original(path, more), {
      calls: original.calls,
    }),
  )
  owner.ask('/cart')
  expect(heard).toEqual(['/cart'])
  expect(owner.ask.calls()).toEqual(['/cart'])
  expect([owner.ask.name, owner.ask.length]).toEqual(['ask', 2])
})

test.each([
  ['an arrow', () => {}],
  [
    'a plain function',
    function plain(a: number) {
      return a
    },
  ],
  ['a class', class {}],
  ['one of the platform’s', Array.prototype.push],
])('%s can be wrapped, and is back after the undo', (_, it) => {
  const owner = { it: it as () => void }
  const undo = patch(owner, 'it', (original) => original)
  expect(owner.it).not.toBe(it)
  expect(Object.getOwnPropertyDescriptors(owner.it)).toMatchObject({
    name: { value: it.name },
    length: { value: it.length },
  })
  undo()
  expect(owner.it).toBe(it)
})

test('a function that cannot be looked at is left alone', () => {
  const it = new Proxy(() => {}, {
    ownKeys: () => {
      throw new Error('on purpose')
    },
  })
  const owner = { it }
  patch(owner, 'it', (original) => original)()
  expect(owner.it).toBe(it)
})
