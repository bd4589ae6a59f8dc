// run-tool.ts: runs a tool of the repository as a developer would, and gives back what it says.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

const fileOf = (tool: string, owner: string) => {
  const manifest = join(root, 'node_modules', owner, 'package.json')
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    bin: string | Record<string, string>
  }
  return join(dirname(manifest), typeof bin == 'string' ? bin : bin[tool]!)
}

/** How a tool ended: its exit code, and all it printed. */
export interface Ended {
  code: number | null
  output: string
}

/** Runs `file` with Node. */
export const runNode = async (
  file: string,
  args: readonly string[],
  cwd = root,
  env: Record<string, string> = {},
): Promise<Ended> => {
  const child = spawn(process.execPath, [file, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1', ...env },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output: output.trim() }
}

/** Runs a tool that npm has installed; `owner` is its package, where that has another name. */
export const runTool = (
  tool: string,
  args: readonly string[],
  { owner = tool, cwd = root }: { owner?: string; cwd?: string } = {},
): Promise<Ended> => runNode(fileOf(tool, owner), args, cwd)

/** What a tool found, or nothing: as one text, so that a failed test shows it whole. */
export const findings = async (tool: Promise<Ended>): Promise<string> => {
  const { code, output } = await tool
  return code ? output || `It ended with ${code}.` : ''
}
