// script.ts: the script-tag door.

import './script-order.ts'
import { openDoor } from './door.ts'
import * as lightspan from './standard.ts'

openDoor(lightspan)
