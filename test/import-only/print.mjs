// print.mjs: the story for runtimes that run a script.

import { tell } from './story.mjs'

const told = JSON.stringify(await tell())
console.log(told)
