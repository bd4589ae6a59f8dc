// vue.mjs: Vue renders on a server what starts Lightspan and uses it.

import { calls, changes } from './watch.mjs'
import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'

await renderToString(createSSRApp({ render: () => h('i') }))
const before = new Set(changes()) // Vue's own
calls.length = 0
const { start } = await import('lightspan')

const Price = {
  props: ['lightspan'],
  setup:
    ({ lightspan }) =>
    () =>
      h(
        'b',
        lightspan.span('price', () => 42),
      ),
}
const Shop = {
  setup: () => {
    const lightspan = start({ service: 'shop' })
    return () => h('p', { id: 'shop' }, h(Price, { lightspan }))
  },
}

const html = await renderToString(createSSRApp(Shop))
const told = JSON.stringify({ html, changes: changes().filter((it) => !before.has(it)), calls })
console.log(told)
