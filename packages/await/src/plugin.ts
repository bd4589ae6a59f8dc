// plugin.ts: the transform as a plugin of every bundler, after their own TypeScript and JSX steps.

import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import remapping from '@jridgewell/remapping'
import { createUnplugin, type UnpluginFactory, type UnpluginOptions } from 'unplugin'
import { runtimeId, transform, type TransformOptions } from './transform.ts'

type Pattern = string | RegExp

/** What the plugin transforms. */
export interface KeepContextOptions {
  /** Paths to transform: a part of the path, or a RegExp. Default: every JavaScript module. */
  include?: Pattern | readonly Pattern[] | undefined
  /** Paths to leave alone; it outweighs `include`. Default: nothing, dependencies included. */
  exclude?: Pattern | readonly Pattern[] | undefined
  /** Hears of files that could not be read, and were left as they were. Default: a warning. */
  onSkip?: ((file: string, error: Error) => void) | undefined
}

const scripts = /\.(?:[cm]?[jt]sx?|vue|svelte|astro)(?:$|\?)/
const source = /\.(?:[cm]?tsx?|jsx)$/

const list = (patterns: KeepContextOptions['include']) =>
  patterns === undefined ? [] : ([patterns].flat() as Pattern[])

const matches = (file: string, pattern: Pattern) =>
  typeof pattern == 'string' ? file.includes(pattern) : pattern.test(file)

/** Whether `id` is one of the files that these options are about. */
const createFilter = ({ include, exclude }: KeepContextOptions) => {
  const [wanted, unwanted] = [list(include), list(exclude)]
  return (id: string): boolean => {
    const file = id.replaceAll('\\', '/')
    if (!scripts.test(file) || isRuntime(file)) return false
    if (unwanted.some((it) => matches(file, it))) return false
    return !wanted.length || wanted.some((it) => matches(file, it))
  }
}

const runtimeFile = () => fileURLToPath(new URL('./runtime.js', import.meta.url))

// The runtime is what all this calls: it has no suspension, and must never get one.
const isRuntime = (file: string) => /\/await\/(?:dist|src)\/runtime\.[cm]?[jt]s$/.test(file)

const createTransform =
  ({ onSkip }: KeepContextOptions) =>
  (code: string, id: string, link?: TransformOptions['link']) => {
    const file = id.replace(/\?.*$/, '')
    try {
      return transform(code, { file, link })
    } catch (error) {
      const skip =
        onSkip ?? ((name, it) => console.warn(`lightspan: ${name} keeps its awaits: ${it.message}`))
      skip(file, error as Error)
      return
    }
  }

type Keep = ReturnType<typeof createTransform>
type EsbuildBuild = Parameters<NonNullable<NonNullable<UnpluginOptions['esbuild']>['setup']>>[0]

const jsxOptions = [
  'jsx',
  'jsxFactory',
  'jsxFragment',
  'jsxImportSource',
  'jsxDev',
  'tsconfigRaw',
] as const

// esbuild has no step between its compiler and its bundler: TypeScript and JSX are compiled here.
const onEsbuild = (build: EsbuildBuild, wanted: (id: string) => boolean, keep: Keep) => {
  const { esbuild, initialOptions } = build
  const jsx = Object.fromEntries(
    jsxOptions.flatMap((name) =>
      initialOptions[name] === undefined ? [] : [[name, initialOptions[name]]],
    ),
  )
  const compile = (text: string, sourcefile: string) =>
    esbuild.transform(text, {
      ...jsx,
      loader: /\.jsx$/.test(sourcefile) ? 'jsx' : /x$/.test(sourcefile) ? 'tsx' : 'ts',
      sourcemap: 'external',
      sourcefile,
    })
  build.onResolve({ filter: /^@lightspan\/await\/runtime$/ }, () => ({ path: runtimeFile() }))
  build.onLoad({ filter: scripts }, async ({ path }) => {
    if (!wanted(path)) return
    const text = await readFile(path, 'utf8')
    if (!/\b(?:await|yield)\b/.test(text)) return
    const compiled = source.test(path) ? await compile(text, path) : { code: text, map: undefined }
    const kept = keep(compiled.code, path)
    if (!kept) return
    const { map } = compiled
    const whole = map ? remapping([kept.map as never, map], () => null) : kept.map
    const comment = Buffer.from(whole.toString()).toString('base64')
    return {
      contents: `${kept.code}\n//# sourceMappingURL=data:application/json;base64,${comment}`,
      loader: 'js',
    }
  })
}

const factory: UnpluginFactory<KeepContextOptions | undefined> = (options = {}, { framework }) => {
  const wanted = createFilter(options)
  const keep = createTransform(options)
  const alias = (compiler: { options: { resolve: { alias?: unknown } } }) => {
    compiler.options.resolve.alias = {
      ...(compiler.options.resolve.alias as object | undefined),
      [runtimeId + '$']: runtimeFile(),
    }
  }
  return {
    name: 'lightspan-await',
    enforce: 'post',
    ...(framework != 'esbuild' && {
      // Dependencies must find the runtime too, wherever they are installed.
      resolveId: (id: string) => (id == runtimeId ? runtimeFile() : undefined),
      transformInclude: wanted,
      transform: (code: string, id: string) => keep(code, id),
    }),
    webpack: alias,
    rspack: alias as never,
    vite: {
      // Vite's dev server bundles dependencies by itself, without the plugins of the page.
      config: () => ({
        optimizeDeps: {
          exclude: [runtimeId],
          rolldownOptions: {
            plugins: [
              {
                name: 'lightspan-await',
                transform: (code: string, id: string) => (wanted(id) ? keep(code, id) : undefined),
                resolveId: (id: string) => (id == runtimeId ? { id, external: true } : undefined),
              },
            ],
          },
        },
      }),
    },
    esbuild: { setup: (build) => onEsbuild(build, wanted, keep) },
  }
}

const plugin = () => createUnplugin(factory)

/** For Vite (6 or later). */
export const vite = (options?: KeepContextOptions) => plugin().vite(options)
/** For Rollup. */
export const rollup = (options?: KeepContextOptions) => plugin().rollup(options)
/** For Rolldown. */
export const rolldown = (options?: KeepContextOptions) => plugin().rolldown(options)
/** For webpack 5. */
export const webpack = (options?: KeepContextOptions) => plugin().webpack(options)
/** For Rspack. */
export const rspack = (options?: KeepContextOptions) => plugin().rspack(options)
/** For esbuild. */
export const esbuild = (options?: KeepContextOptions) => plugin().esbuild(options)
