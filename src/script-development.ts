// script-development.ts: the script-tag door while developing: with warnings of misuse in the console.

import { start } from './development/start.ts'
import { openDoor } from './door.ts'
import * as lightspan from './standard.ts'

openDoor({ ...lightspan, start })
