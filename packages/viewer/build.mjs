// build.mjs: the viewer as static files in dist/, for the collector to serve. Also imported by dev.mjs and tests.

import { build } from 'esbuild'
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const dist = join(here, 'dist')
const require = createRequire(import.meta.url)

/** What is in the bundle and asks to be named. */
const bundled = ['preact', '@preact/signals', '@preact/signals-core', '@fontsource-variable/inter']

const icon =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20" fill="#5b6cf0"><rect x="1" y="3" width="11" height="3.5" rx="1.75"/><rect x="5" y="8.25" width="9" height="3.5" rx="1.75" opacity=".7"/><rect x="11" y="13.5" width="8" height="3.5" rx="1.75" opacity=".45"/></svg>',
  )

const page = (script, style) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Lightspan</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="/assets/${style}">
<script type="module" src="/assets/${script}"></script>
</head>
<body>
<div id="app"></div>
<noscript>Lightspan's viewer needs JavaScript.</noscript>
</body>
</html>
`

// A package's licence lies beside its package.json, wherever npm put the package.
const licence = async (name) => {
  const paths = require.resolve.paths(name) ?? []
  for (const path of paths) {
    const text = await readFile(join(path, name, 'LICENSE'), 'utf8').catch(() => '')
    if (text) return `${name}\n\n${text.trim()}\n`
  }
  throw new Error(`no licence found for ${name}: run npm install`)
}

const bundle = (outdir) =>
  build({
    entryPoints: { main: join(here, 'src/main.tsx'), style: join(here, 'src/style/main.css') },
    outdir: join(outdir, 'assets'),
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    bundle: true,
    format: 'esm',
    target: ['chrome111', 'firefox114', 'safari16.4'],
    conditions: ['browser'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.woff2': 'file' },
    minify: true,
    sourcemap: true,
    metafile: true,
    logLevel: 'warning',
  })

/** Builds into dist/, which is replaced whole, so that nobody is ever served a half. */
export const buildViewer = async () => {
  const next = `${dist}.${process.pid}`
  await rm(next, { recursive: true, force: true })
  await mkdir(next, { recursive: true })
  const { metafile } = await bundle(next)
  const made = (ext) =>
    basename(
      Object.keys(metafile.outputs).find(
        (it) => it.endsWith(ext) && metafile.outputs[it].entryPoint,
      ),
    )
  await writeFile(join(next, 'index.html'), page(made('.js'), made('.css')))
  const licences = await Promise.all(bundled.map(licence))
  await writeFile(join(next, 'licenses.txt'), licences.join(`\n${'-'.repeat(80)}\n\n`))
  await rm(dist, { recursive: true, force: true })
  await rename(next, dist)
  return dist
}

const newest = async (folder) => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const times = await Promise.all(
    entries.map(async (it) => (await stat(join(it.parentPath, it.name))).mtimeMs),
  )
  return Math.max(0, ...times)
}

/** Builds only where dist/ is missing or older than the sources. */
export const buildIfStale = async () => {
  const built = await stat(join(dist, 'index.html')).catch(() => undefined)
  const changed = Math.max(
    await newest(join(here, 'src')),
    (await stat(fileURLToPath(import.meta.url))).mtimeMs,
  )
  return built && built.mtimeMs >= changed ? dist : buildViewer()
}

if (import.meta.url == pathToFileURL(process.argv[1] ?? '').href) {
  await buildViewer()
  console.log(`viewer built: ${dist}`)
}
