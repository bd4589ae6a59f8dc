// entry-bun.ts: the story served by Bun.

import { createStory, type Servers } from './story-worker.ts'

declare const Bun: {
  serve: (options: {
    port: number
    hostname: string
    fetch: (request: Request, server: object) => Promise<Response>
    websocket: { message: (socket: { send: (text: string) => void }, text: string) => void }
  }) => { port: number }
}

const story = createStory(() => JSON.parse(process.env.SERVERS!) as Servers)
const { port } = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: (request, server) => story.fetch(request, server),
  websocket: { message: (socket, text) => socket.send(`echo ${text}`) },
})
console.log(`listening ${port}`)
