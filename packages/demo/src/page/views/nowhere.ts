// nowhere.ts: an address that leads to nothing.

import type { View } from '../router.ts'
import { say } from './message.ts'

export const nowhereView: View = (place) =>
  say(place, 'It is dark here', 'There is no page at this address.')
