// Every source of callbacks that is patched is given back, and while it is patched keeps its context.

import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { beforeAll, expect, test } from 'vitest'
import { describeInBrowsers } from '../../../test/kit/in-browsers.ts'

/** Owners in the page, and what of theirs is patched where the engine has it. */
const sources: Record<string, string> = {
  globalThis:
    'setTimeout setInterval queueMicrotask requestAnimationFrame requestIdleCallback MutationObserver IntersectionObserver ResizeObserver PerformanceObserver ReportingObserver MessageChannel',
  Promise: 'resolve',
  'Promise.prototype': 'then',
  'Scheduler.prototype': 'postTask',
  'LockManager.prototype': 'request',
  'Document.prototype': 'startViewTransition',
  'HTMLCanvasElement.prototype': 'toBlob',
  'HTMLVideoElement.prototype': 'requestVideoFrameCallback',
  'Geolocation.prototype': 'getCurrentPosition watchPosition',
  'DataTransferItem.prototype': 'getAsString',
  'BaseAudioContext.prototype': 'decodeAudioData',
  'FileSystemDirectoryReader.prototype': 'readEntries',
  'FileSystemFileEntry.prototype': 'file',
  'EventTarget.prototype': 'addEventListener removeEventListener',
  'XMLHttpRequest.prototype': 'send onreadystatechange',
  'XMLHttpRequestEventTarget.prototype': 'onload onerror',
  'FileReader.prototype': 'readAsText readAsDataURL readAsArrayBuffer onload',
  'IDBRequest.prototype': 'onsuccess onerror',
  'IDBOpenDBRequest.prototype': 'onupgradeneeded',
  'IDBTransaction.prototype': 'oncomplete',
  'HTMLElement.prototype': 'onload onerror',
  'Animation.prototype': 'onfinish',
  'MessagePort.prototype': 'postMessage onmessage',
  'Worker.prototype': 'postMessage onmessage',
  'WebSocket.prototype': 'onmessage',
  'EventSource.prototype': 'onmessage',
  'BroadcastChannel.prototype': 'onmessage',
}

interface Page {
  asyncContext: typeof import('../src/sources.ts').asyncContext
  bind: typeof import('../src/sources.ts').bind
  /** What differs from how it was at first: `owner.name`. */
  changed: () => string[]
  /** What the engine has of the list. */
  present: string[]
  slot: { current?: unknown }
  /** What is active when each source calls back, by source. */
  look: () => Promise<Record<string, unknown>>
}
declare const window: Window & { page: Page }

// Runs in the page.
const prepare = (list: Record<string, string>) => {
  const ownerOf = (path: string) =>
    path
      .split('.')
      .reduce<object | undefined>(
        (at, name) => (at as Record<string, object> | undefined)?.[name],
        globalThis,
      )
  const all = Object.entries(list).flatMap(([path, names]) => {
    const owner = path == 'globalThis' ? globalThis : ownerOf(path)
    return names.split(' ').flatMap((name) => {
      const own = owner && Object.getOwnPropertyDescriptor(owner, name)
      return own ? [{ key: `${path}.${name}`, owner, name, own }] : []
    })
  })
  const slot = ((globalThis as Record<symbol, unknown>)[Symbol.for('lightspan.context.v1')] ??=
    {}) as Page['slot']
  const { page } = window
  page.slot = slot
  page.present = all.map(({ key }) => key)
  page.changed = () =>
    all
      .filter(({ owner, name, own }) => {
        const now = Object.getOwnPropertyDescriptor(owner, name)
        return (['value', 'get', 'set', 'enumerable', 'configurable', 'writable'] as const).some(
          (part) => now?.[part] !== own[part],
        )
      })
      .map(({ key }) => key)

  const starts: Record<string, (call: () => void) => void> = {
    setTimeout: (call) => setTimeout(call),
    setInterval: (call) => {
      const id = setInterval(() => {
        clearInterval(id)
        call()
      })
    },
    queueMicrotask: (call) => queueMicrotask(call),
    requestAnimationFrame: (call) => requestAnimationFrame(call),
    then: (call) => void Promise.resolve().then(call),
    catch: (call) => void Promise.reject(new Error('on purpose')).catch(call),
    MutationObserver: (call) => {
      new MutationObserver(call).observe(document.body, { attributes: true })
      document.body.setAttribute('data-x', `${Math.random()}`)
    },
    ResizeObserver: (call) => new ResizeObserver(call).observe(document.body),
    MessageChannel: (call) => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = call
      port2.postMessage(0)
    },
    XMLHttpRequest: (call) => {
      const xhr = new XMLHttpRequest()
      xhr.addEventListener('loadend', call)
      xhr.open('GET', '/api/200')
      xhr.send()
    },
    FileReader: (call) => {
      const reader = new FileReader()
      reader.onload = call
      reader.readAsText(new Blob(['a']))
    },
    'an image': (call) => {
      const image = new Image()
      image.onerror = call
      image.src = 'data:image/png,none'
    },
    'Web Locks': (call) => void navigator.locks.request('a', call),
  }
  page.look = async () => {
    const seen: Record<string, unknown> = {}
    for (const [name, start] of Object.entries(starts))
      await new Promise<void>((done) => {
        slot.current = name
        start(() => {
          seen[name] = slot.current
          done()
        })
        slot.current = undefined
      })
    return seen
  }
}

let script = ''
beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { asyncContext, bind } from './sources.ts'; window.page = { asyncContext, bind }`,
      resolveDir: fileURLToPath(new URL('../src', import.meta.url)),
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'iife',
  })
  script = outputFiles[0]!.text
})

describeInBrowsers('asyncContext', (ground) => {
  const open = async () => {
    const { site, tab } = ground()
    // a secure context, and with a body that has a size
    await tab.go(site.page('/', `<p>page</p><script>errors = [];${script}</script>`))
    await tab.run(prepare, sources)
  }

  test('patches each source that the engine has, and gives each back', async () => {
    const { tab } = ground()
    await open()
    const { present, patched, left } = await tab.run(() => {
      const { page } = window
      const undo = page.asyncContext()()
      const patched = page.changed()
      undo()
      return { present: page.present, patched, left: page.changed() }
    })
    expect(present.length).toBeGreaterThan(25)
    expect(patched).toEqual(present)
    // listeners that it put a stand-in for can still be taken back
    expect(left).toEqual(['EventTarget.prototype.removeEventListener'])
  })

  test('keeps the context of every source, and after its end of none', async () => {
    const { tab } = ground()
    await open()
    const { kept, after } = await tab.run(async () => {
      const { page } = window
      const undo = page.asyncContext()()
      const kept = await page.look()
      undo()
      return { kept, after: await page.look() }
    })
    expect(kept).toEqual(Object.fromEntries(Object.keys(kept).map((name) => [name, name])))
    expect(Object.values(after).filter((it) => it != null)).toEqual([])
    expect(Object.keys(after)).toEqual(Object.keys(kept))
  })

  test('is a pass-through once it has ended, where somebody has wrapped it meanwhile', async () => {
    const { tab } = ground()
    await open()
    const seen = await tab.run(async () => {
      const { asyncContext, slot } = window.page
      const undo = asyncContext()()
      const ours = window.setTimeout
      let calls = 0
      const theirs = ((...args: Parameters<typeof setTimeout>) => {
        calls++
        return ours(...args)
      }) as typeof setTimeout
      window.setTimeout = theirs
      undo()
      slot.current = 'here'
      const active = new Promise((done) => setTimeout(() => done(slot.current ?? null)))
      slot.current = undefined
      return [window.setTimeout === theirs, calls, await active]
    })
    expect(seen).toEqual([true, 1, null])
  })

  test('installed twice keeps contexts until both have ended, in either order', async () => {
    const { tab } = ground()
    await open()
    const seen = await tab.run(async () => {
      const { page } = window
      const [first, second] = [page.asyncContext()(), page.asyncContext()()]
      second()
      const one = await page.look()
      first()
      return [one['setTimeout'], (await page.look())['setTimeout'] ?? null, page.changed().length]
    })
    expect(seen).toEqual(['setTimeout', null, 1])
  })

  test('bind runs a function where it was bound, and restores what was active', async () => {
    const { tab } = ground()
    await open()
    const seen = await tab.run(() => {
      const { bind, slot } = window.page
      slot.current = 'a'
      const look = bind((fail?: boolean) => {
        if (fail) throw new Error('no')
        return slot.current
      })
      const nested = bind((): unknown[] => [look(), slot.current])
      slot.current = 'b'
      const seen: unknown[] = [look(), slot.current, nested(), slot.current]
      try {
        look(true)
      } catch {
        seen.push(slot.current)
      }
      slot.current = undefined
      return [...seen, look(), slot.current ?? null]
    })
    expect(seen).toEqual(['a', 'b', ['a', 'a'], 'b', 'b', 'a', null])
  })

  test('what a bound function has left stays left, however it ends and however deep it is bound', async () => {
    const { tab } = ground()
    await open()
    const seen = await tab.run(() => {
      const { bind, slot } = window.page
      const seen: unknown[] = []
      const look = (work: () => void) => {
        slot.current = 'click'
        try {
          work()
        } catch {
          // on purpose
        }
        seen.push(slot.current ?? null)
      }
      slot.current = 'click'
      const leave = bind((fail?: boolean) => {
        slot.current = undefined
        if (fail) throw new Error('no')
      })
      const [twice, within] = [bind(leave), bind(() => leave())]
      // that it enters something and gives it back leaves nothing
      const enters = bind(() => {
        slot.current = 'other'
        slot.current = 'click, put back'
      })
      slot.current = undefined
      const free = bind(() => {})
      look(() => leave())
      look(() => leave(true))
      look(() => twice())
      look(() => within())
      look(() => enters())
      look(() => free())
      return seen
    })
    expect(seen).toEqual([null, null, null, null, 'click', 'click'])
  })
})
