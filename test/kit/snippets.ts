// snippets.ts: the fenced blocks and links of the documents.

import { filesIn, read } from './tree.ts'

/** A fenced block. */
export interface Snippet {
  file: string
  /** Of the fence, from 1. */
  line: number
  language: string
  code: string
}

/** Every Markdown document that is read by people. */
export const documents: readonly string[] = filesIn('.', /\.md$/)

/** All fenced blocks of a document, in order. */
export const snippetsOf = (file: string): Snippet[] => {
  const snippets: Snippet[] = []
  let open: Snippet | undefined
  read(file)
    .split('\n')
    .forEach((text, index) => {
      const fence = /^ *```(.*)$/.exec(text)
      if (!fence) {
        if (open) open.code += `${text}\n`
      } else if (open) {
        snippets.push(open)
        open = undefined
      } else open = { file, line: index + 1, language: fence[1]!.trim(), code: '' }
    })
  if (open) throw new Error(`${file}:${open.line}: this block never ends`)
  return snippets
}

/** The blocks of all documents in one of these languages. */
export const snippetsIn = (...languages: readonly string[]): Snippet[] =>
  documents.flatMap(snippetsOf).filter(({ language }) => languages.includes(language))

const withoutCode = (text: string) =>
  text.replace(/^ *```[^]*?^ *```$/gm, '').replace(/`[^`\n]*`/g, '')

/** Targets of all links and images. */
export const linksOf = (file: string): string[] =>
  [...withoutCode(read(file)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!)

/** Anchors of a document, as its headings make them. */
export const anchorsOf = (file: string): string[] =>
  [
    ...read(file)
      .replace(/^ *```[^]*?^ *```$/gm, '')
      .matchAll(/^#+ (.+)$/gm),
  ].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  )
