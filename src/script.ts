// script.ts: the script-tag door.

import { openDoor } from './door.ts'
import * as lightspan from './standard.ts'

openDoor(lightspan)
