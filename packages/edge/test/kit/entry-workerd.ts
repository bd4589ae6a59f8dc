// entry-workerd.ts: the story as a module worker.

import { createStory, type Servers } from './story-worker.ts'

interface Env {
  SERVERS: string
}

export default createStory((env) => JSON.parse((env as Env).SERVERS) as Servers)
