// index.ts: the front door of `@lightspan/edge`.

export { traced } from './traced.ts'
export { traceOf } from './realm.ts'
export { relay } from './relay.ts'
export { toOtlp } from './to-otlp.ts'
export type { EdgeOptions } from './options.ts'
export type { Given } from './given.ts'
export type { EnvOf, Handler, Wrappable, Wrapped } from './handler.ts'
export type { Converted, RelayOptions } from './relay.ts'
export type { Fetcher, Trace } from './trace.ts'
