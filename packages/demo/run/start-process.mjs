// start-process.mjs: a Node process that ends with this one, and tells its address when it is ready.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const withParent = new URL('with-parent.mjs', import.meta.url).href

/** How long a process may take to start, and to stop, in ms. */
const patience = { start: 30_000, stop: 10_000 }

// Ours say it over the channel, the collector on its first line.
const addressOf = async (child) => {
  const lines = createInterface(child.stdout)
  const [said] = await Promise.race([once(child, 'message'), once(lines, 'line')])
  return said.url ?? /http:\S+$/.exec(said)?.[0]
}

const within = (ms, promise) => {
  let timer
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/**
 * Starts `script`, with `preload` before it, and waits for its address.
 * @returns {Promise<{url: string, ended: Promise<string>, stop: () => Promise<void>}>}
 * @throws where it ends or says nothing within 30 s, with what it said
 */
export const startProcess = async (name, { script, args = [], preload, env, quiet }) => {
  const imports = [withParent, preload].filter(Boolean).flatMap((it) => ['--import', it])
  const child = spawn(process.execPath, [...imports, script, ...args.map(String)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // a group of its own: Ctrl-C in a terminal is for us alone, and we stop them in order
    detached: true,
    windowsHide: true,
  })
  let said = ''
  child.stderr.on('data', (text) => {
    said = (said + text).slice(-4000)
    if (!quiet) process.stderr.write(text)
  })
  const ended = once(child, 'exit').then(([code, signal]) => String(signal ?? `code ${code}`))
  const stop = async () => {
    child.kill('SIGTERM')
    const how = await within(patience.stop, ended)
    if (how === undefined) child.kill('SIGKILL')
    await ended
  }
  const url = await within(
    patience.start,
    Promise.race([addressOf(child), ended.then(() => undefined)]),
  )
  if (url) return { url, ended, stop }
  await stop()
  throw new Error(`${name} did not start: ${said.trim() || (await ended)}`)
}
