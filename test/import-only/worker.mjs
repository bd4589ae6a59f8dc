// worker.mjs: the story for workerd. In its global scope a timer, a fetch or chance would throw.

import { tell } from './story.mjs'

export default {
  test: async () => {
    const told = JSON.stringify(await tell())
    console.log(told)
  },
}
