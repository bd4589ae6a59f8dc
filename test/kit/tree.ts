// tree.ts: the files of this repository.

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run-tool.ts'

const notOurs = ['.git', 'node_modules', 'dist', 'artefacts', 'coverage', '.data']

/** Text of a file, by its path within the repository. */
export const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** Paths of all files below `folder` whose name matches. */
export const filesIn = (folder: string, name: RegExp): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder == '.' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return notOurs.includes(entry.name) ? [] : filesIn(path, name)
    return name.test(entry.name) ? [path] : []
  })
