// index.ts: the front door: the transform, for build tools that have no adapter.

export { runtimeId, transform } from './transform.ts'
export type { Transformed, TransformOptions } from './transform.ts'
