// entry-node.ts: the story served by Node, through Hono's adapter.

import { serve } from '@hono/node-server'
import { createStory, type Servers } from './story-worker.ts'

const story = createStory(() => JSON.parse(process.env.SERVERS!) as Servers)
serve(
  {
    fetch: (request: Request, bindings: object) => story.fetch(request, bindings),
    port: 0,
    hostname: '127.0.0.1',
  },
  ({ port }) => console.log(`listening ${port}`),
)
