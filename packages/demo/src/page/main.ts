// main.ts: the shop's page: frame, routes, go.

import { startFrame } from './frame.ts'
import { startRouter } from './router.ts'
import { notePageLoad } from './traces.ts'
import { cartView } from './views/cart.ts'
import { checkoutView } from './views/checkout.ts'
import { doneView } from './views/done.ts'
import { lampView } from './views/lamp.ts'
import { listView } from './views/list.ts'
import { nowhereView } from './views/nowhere.ts'

const page = startFrame(document.querySelector('#shop')!)
notePageLoad()
startRouter(page, [
  [/^\/$/, listView],
  [/^\/lamps\/(\d+)$/, lampView],
  [/^\/cart$/, cartView],
  [/^\/checkout$/, checkoutView],
  [/^\/done$/, doneView],
  [/^/, nowhereView],
])
