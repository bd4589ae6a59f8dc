// Public API, made by `npm run api`. A change here is a change for users: see CONTRIBUTING.md.

import { SourceMap } from 'magic-string'

/** Where transformed code finds its runtime. */
declare const runtimeId = '@lightspan/await/runtime'
/** How to transform. */
interface TransformOptions {
  /** The file's name, for its source map. */
  file?: string | undefined
  /** What the code imports its runtime from. Default: `@lightspan/await/runtime`. */
  runtime?: string | undefined
  /**
   * How: `import`, `require`, or by what the file itself does (default): a file with neither import
   * nor export that speaks of `require`, `exports` or `module` is CommonJS.
   */
  link?: 'import' | 'require' | 'auto' | undefined
}
/** Transformed code. */
interface Transformed {
  code: string
  map: SourceMap
}
/**
 * Brackets every segment of every async function, generator and async generator in `text`, and of its
 * top level if that awaits. The result behaves the same, to the microtask; see docs/context.md.
 * @returns undefined where there is nothing to do: no suspension, or transformed before.
 * @throws a SyntaxError where `text` is not JavaScript (compile TypeScript and JSX first).
 */
declare const transform: (text: string, options?: TransformOptions) => Transformed | undefined

export { runtimeId, transform }
export type { TransformOptions, Transformed }
