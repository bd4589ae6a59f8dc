// plain-parts.ts: what a page has in place of parts that it goes without.

import { tookIt } from './export/answer.ts'
import { createPlainExporter } from './export/plain-exporter.ts'
import type { Delivery, Parts } from './parts.ts'

/** Sends each batch once, and hears only whether it was taken. */
export const plainDelivery: Delivery = [
  createPlainExporter,
  async (response) => ({ taken: tookIt(response) }),
]

/** The monotonic time line as it is, whatever the machine does. */
export const plainTimeline: Required<Parts>['timeline'] = ({ origin }) => [
  () => {},
  (time) => origin + time,
]
