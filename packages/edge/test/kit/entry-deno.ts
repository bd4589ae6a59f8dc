// entry-deno.ts: the story served by Deno.

import { createStory, type Servers } from './story-worker.ts'

declare const Deno: {
  env: { get: (name: string) => string }
  serve: (
    options: { port: number; hostname: string; onListen: (at: { port: number }) => void },
    handler: (request: Request, info: object) => Promise<Response>,
  ) => void
}

const story = createStory(() => JSON.parse(Deno.env.get('SERVERS')) as Servers)
Deno.serve(
  { port: 0, hostname: '127.0.0.1', onListen: ({ port }) => console.log(`listening ${port}`) },
  (request, info) => story.fetch(request, info),
)
