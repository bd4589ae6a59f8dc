// index.ts: the front door of `@lightspan/edge`.

export { traced } from './traced.ts'
export { traceOf } from './realm.ts'
export type { EdgeOptions } from './options.ts'
export type { GivenOptions, Handler } from './traced.ts'
export type { Fetcher, Trace } from './trace.ts'
