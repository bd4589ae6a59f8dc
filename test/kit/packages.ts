// packages.ts: the packages of this repository that are published.

import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run-tool.ts'

/** A file, or a file for each condition. */
export type Condition = string | { [condition: string]: Condition }

/** All files that an entry of `exports` leads to. */
export const filesOf = (it: Condition): string[] =>
  typeof it == 'string' ? [it] : Object.values(it).flatMap(filesOf)

/** What is of interest in a package.json. */
export interface Manifest {
  name: string
  version: string
  private?: boolean
  license?: string
  files?: string[]
  exports?: Record<string, Condition>
  bin?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  scripts?: Record<string, string>
}

/** The package.json in `folder`, a path within the repository. */
export const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest

/** The root and all workspaces. */
export const allPackages = (): { folder: string; manifest: Manifest }[] =>
  ['.', ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)]
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readManifest(folder) }))

/** Those that go to the registry. */
export const publicPackages = () => allPackages().filter(({ manifest }) => !manifest.private)
