// @vitest-environment happy-dom
// What elements are called, where a page makes that hard to find out.

import { beforeEach, expect, test } from 'vitest'
import { nameOf } from '../../src/browser/name-of.ts'

beforeEach(() => {
  document.body.innerHTML = ''
})

test('a form is called what it is, whatever it calls its controls', () => {
  const form = document.createElement('form')
  form.id = 'checkout'
  // as engines have it of controls with such names
  for (const name of ['id', 'role', 'closest', 'getAttribute', 'getRootNode', 'localName'])
    Object.defineProperty(form, name, { value: document.createElement('input') })
  expect(nameOf(form)).toBe('form#checkout')
})

test('what is no element has none', () => {
  for (const it of [undefined, null, document, window, new Text('x'), {}])
    expect(nameOf(it)).toBe('')
})

test('a component’s host, or what that is in, may give the name of what is within', () => {
  document.body.innerHTML =
    '<section data-lightspan-name="offer"><p></p></section><p data-lightspan-name="card"></p><p></p>'
  const names = [...document.querySelectorAll('p')].map((host) => {
    host.attachShadow({ mode: 'open' }).innerHTML = '<button id="in">x</button>'
    return nameOf(host.shadowRoot!.querySelector('button'))
  })
  expect(names).toEqual(['offer', 'card', 'button#in'])
})

test('a link that is in no document any more has its name', () => {
  const link = document.createElement('a')
  link.href = 'https://shop.example/cart'
  link.id = 'cart'
  expect(nameOf(link)).toBe('a#cart')
})
