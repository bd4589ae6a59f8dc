// Public API, made by `npm run api`. A change here is a change for users: see CONTRIBUTING.md.

import * as _esbuild from 'esbuild'
import * as unplugin from 'unplugin'
import * as _webpack from 'webpack'
import * as _rolldown from 'rolldown'
import * as _rollup from 'rollup'
import * as _vite from 'vite'

type Pattern = string | RegExp
/** What the plugin transforms. */
interface KeepContextOptions {
  /** Paths to transform: a part of the path, or a RegExp. Default: every JavaScript module. */
  include?: Pattern | readonly Pattern[] | undefined
  /** Paths to leave alone; it outweighs `include`. Default: nothing, dependencies included. */
  exclude?: Pattern | readonly Pattern[] | undefined
  /** Hears of files that could not be read, and were left as they were. Default: a warning. */
  onSkip?: ((file: string, error: Error) => void) | undefined
}
/** For Vite (6 or later). */
declare const vite: (options?: KeepContextOptions) => _vite.Plugin<any> | _vite.Plugin<any>[]
/** For Rollup. */
declare const rollup: (options?: KeepContextOptions) => _rollup.Plugin<any> | _rollup.Plugin<any>[]
/** For Rolldown. */
declare const rolldown: (
  options?: KeepContextOptions,
) => _rolldown.Plugin<any> | _rolldown.Plugin<any>[]
/** For webpack 5. */
declare const webpack: (options?: KeepContextOptions) => _webpack.WebpackPluginInstance
/** For Rspack. */
declare const rspack: (options?: KeepContextOptions) => unplugin.RspackPluginInstance
/** For esbuild. */
declare const esbuild: (options?: KeepContextOptions) => _esbuild.Plugin

export { esbuild, rolldown, rollup, rspack, vite, webpack }
export type { KeepContextOptions }
