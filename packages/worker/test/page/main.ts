// main.ts: a page with Lightspan, from which tests talk to workers.

import { fetchSpans, start } from 'lightspan'
import { postWithContext } from '@lightspan/worker'

const lightspan = start({
  service: 'page',
  url: '/v1/spans',
  instrumentations: [fetchSpans()],
  beforeSend: (span) => {
    setTimeout(() => void lightspan.flush()) // so that no test waits for the batch timer
    return span
  },
})
Object.assign(window, { lightspan, postWithContext })
