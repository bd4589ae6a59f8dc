// react.mjs: React renders on a server what starts Lightspan and uses it.

import { calls, changes } from './watch.mjs'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'

renderToString(createElement('i'))
const before = new Set(changes()) // React's own
calls.length = 0
const { start } = await import('lightspan')

const Price = ({ lightspan }) =>
  createElement(
    'b',
    null,
    lightspan.span('price', () => 42),
  )
const Shop = () => {
  const lightspan = start({ service: 'shop' })
  return createElement('p', { id: 'shop' }, createElement(Price, { lightspan }))
}

const html = renderToString(createElement(Shop))
const told = JSON.stringify({ html, changes: changes().filter((it) => !before.has(it)), calls })
console.log(told)
