// index.ts: the front door: Lightspan in a worker, and context in messages.

export { hearMessages, postWithContext } from './messages.ts'
export type { Listening, MessageTarget } from './messages.ts'
export { startWorker } from './start-worker.ts'
export type { Consent, WorkerOptions } from './options.ts'
export type { WorkerLightspan } from './start-worker.ts'
