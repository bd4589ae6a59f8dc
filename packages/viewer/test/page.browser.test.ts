// page.browser.test.ts: the built viewer in Chromium, as a person uses it.

import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { buildIfStale } from '../build.mjs'
import { startDevServer } from './kit/dev-server.ts'
import { failedTraceId, makeTraces, slowTraceId } from './kit/fixtures.ts'
import { bigTraceId, brokenTraceId, hostile, hostileTraceId } from './kit/odd.ts'

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

let browser: Browser
let server: Awaited<ReturnType<typeof startDevServer>>
let complaints: string[] = []

beforeAll(async () => {
  await buildIfStale()
  server = await startDevServer({ port: 0, dist: buildIfStale })
  browser = await chromium.launch({
    executablePath: process.env['LIGHTSPAN_CHROMIUM'] ?? '/usr/bin/chromium',
    args: quiet,
  })
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.close()
})

afterEach(async () => {
  await Promise.all(browser.contexts().map((it) => it.close()))
  const said = complaints
  complaints = []
  // also a breach of the content security policy that the server sets
  expect(said).toEqual([])
})

const open = async (path: string, options: BrowserContextOptions = {}): Promise<Page> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (it) => {
    // the browser itself reports every 4xx and 5xx answer; what we make of them is tested below
    if (it.type() == 'error' && !it.text().startsWith('Failed to load resource'))
      complaints.push(it.text())
  })
  page.on('request', (it) => {
    if (!it.url().startsWith(server.url) && !it.url().startsWith('data:'))
      complaints.push('external request: ' + it.url())
  })
  await page.goto(server.url + path)
  return page
}

const rows = (page: Page) => page.locator('[data-trace-id]')
const spans = (page: Page) => page.locator('[data-span-id]')
const search = (page: Page) => new URL(page.url()).search
const cursor = (page: Page) =>
  page.locator('[data-span-id][aria-selected=true] .row-name').innerText()

describe('the list', () => {
  test('shows traces newest first, and says when there are more', async () => {
    const page = await open('/')
    await page.waitForSelector('[data-trace-id]')
    expect(await rows(page).count()).toBe(50)
    expect(await page.locator('.foot').innerText()).toMatch(
      /^The 50 newest of more\. Narrow the filter or show 200/,
    )
    await page.click('text=show 200')
    await page.waitForFunction(() => document.querySelectorAll('[data-trace-id]').length > 50)
    expect(await page.locator('.foot').innerText()).toMatch(/traces, newest first/)
  })

  test('a trace without a name has something to click at', async () => {
    const page = await open('/nowhere')
    await page.route('**/api/traces?*', async (route) => {
      const answer = (await (await route.fetch()).json()) as { traces: { rootName: string }[] }
      answer.traces[0]!.rootName = ''
      await route.fulfill({ json: answer })
    })
    await page.goto(server.url)
    expect(await rows(page).first().locator('.name').innerText()).toBe('(no name)')
  })

  test('the chart has a point for every trace of the table, also for one that began before', async () => {
    const page = await open('/nowhere')
    await page.route('**/api/traces?*', async (route) => {
      const answer = (await (await route.fetch()).json()) as { traces: { start: number }[] }
      answer.traces.at(-1)!.start = Date.now() - 2 * 36e5
      await route.fulfill({ json: answer })
    })
    await page.goto(server.url)
    await page.waitForSelector('.point')
    expect(await page.locator('.point').count()).toBe(await rows(page).count())
    const beyond = page.locator('.point', { has: page.locator('.point-beyond') })
    expect(await beyond.locator('title').allTextContents()).toEqual([
      expect.stringMatching(/, began before this time$/),
    ])
  })

  test('keeps its filter in the address, and the back button takes it back', async () => {
    const page = await open('/')
    await page.selectOption('select[aria-label=Status]', 'error')
    await page.waitForURL('**/?status=error')
    await page.selectOption('select[aria-label=Service]', 'payments')
    await page.waitForURL((url) => url.searchParams.get('service') == 'payments')
    await page.waitForFunction(() =>
      [...document.querySelectorAll('[data-trace-id]')].every((it) =>
        it.querySelector('.error-count'),
      ),
    )
    await page.fill('input[name=attribute]', 'payment.provider=examplepay')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.chip')
    expect(new URLSearchParams(search(page)).get('attribute')).toBe('payment.provider=examplepay')
    await page.goBack()
    await page.goBack()
    expect(search(page)).toBe('?status=error')
    expect(await page.inputValue('select[aria-label=Service]')).toBe('')
  })

  test('the menu knows the services of the chosen time, however long ago that is', async () => {
    const page = await open('/nowhere')
    const summary = { spans: 1, errors: 0, lastSeen: 0 }
    const known = async (...names: string[]) => {
      const options = page.locator('select[aria-label=Service] option')
      await options.filter({ hasText: names.at(-1)! }).waitFor({ state: 'attached' })
      expect(await options.allTextContents()).toEqual(['All services', ...names])
    }
    await page.route('**/api/services?*', async (route) => {
      const { searchParams } = new URL(route.request().url())
      const name =
        { '-1d': 'of today', '-9d': 'of last week' }[searchParams.get('from')!] ?? 'of now'
      await route.fulfill({ json: { services: [{ name, ...summary }] } })
    })
    await page.route('**/api/traces?*', (route) =>
      route.fulfill({ json: { traces: [], truncated: false } }),
    )
    await page.goto(`${server.url}/?from=-9d&to=-8d`)
    await known('of last week')
    await page.click('button[aria-label="Last hour"]')
    await known('of now')
    // where there is nothing now, there was something before: the store is no new one
    expect(await page.locator('.notice').innerText()).toContain('No traces in this time')
  })

  test('opens from an address with everything set', async () => {
    const page = await open('/?name=SELECT&minDuration=900&from=-6h')
    await page.waitForSelector(`[data-trace-id="${slowTraceId}"]`)
    expect(await page.inputValue('[data-filter]')).toBe('SELECT')
    expect(await page.getAttribute('button[aria-label="Last 6 hours"]', 'aria-pressed')).toBe(
      'true',
    )
    expect(await rows(page).locator('text=1.73 s').count()).toBe(1)
    expect(await page.locator(`[data-trace-id="${failedTraceId}"]`).count()).toBe(0)
  })

  test('is walked through by keys, and Enter opens a trace', async () => {
    const page = await open('/')
    await page.waitForSelector('[data-trace-id]')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    await page.keyboard.press('j')
    const second = await rows(page).nth(1).getAttribute('data-trace-id')
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/trace/${second}`)
    await page.waitForSelector('[data-span-id]')
  })

  test('a slash goes to the filter, Escape out of it', async () => {
    const page = await open('/')
    await page.waitForSelector('[data-trace-id]')
    await page.keyboard.press('/')
    await page.keyboard.type('checkout')
    await page.waitForURL('**/?name=checkout')
    await page.keyboard.press('Escape')
    expect(await page.evaluate(() => document.activeElement == document.body)).toBe(true)
  })

  test('finding nothing says so and helps on', async () => {
    const page = await open('/?name=no-such-span')
    await page.waitForSelector('text=No trace matches')
    await page.click('.notice >> text=Clear the filter')
    await page.waitForSelector('[data-trace-id]')
  })
})

describe('what was lost on the way', () => {
  test('is told below the list, with what it means, of the service that is looked at', async () => {
    const page = await open('/')
    const line = page.locator('.losses')
    await line.waitFor()
    expect(await line.innerText()).toBe(
      'Senders say that 1,235 spans of the chosen time never left or were not taken: 1,200 queue, 34 refused, 1 rejected',
    )
    expect(await line.getAttribute('title')).toContain('refused: the collector did not take')
    await page.selectOption('select[aria-label=Service]', 'shop-edge')
    await page.waitForFunction(() =>
      document.querySelector('.losses')?.textContent?.includes('of shop-edge say that 1 span of'),
    )
    const service = page.locator('.service-list .service', { hasText: 'shop-web' }).first()
    expect(await service.getAttribute('title')).toContain('1,200 queue, 34 refused')
  })

  test('is no line where nothing was', async () => {
    const page = await open('/?service=orders')
    await page.waitForSelector('[data-trace-id]')
    expect(await page.locator('.losses').count()).toBe(0)
  })
})

describe('when there is nothing to show', () => {
  test('an empty store shows how to send the first span, to this very collector', async () => {
    const empty = await startDevServer({ port: 0, dist: buildIfStale, traces: [] })
    const page = await (await browser.newContext()).newPage()
    await page.goto(empty.url)
    await page.waitForSelector('text=Waiting for the first span')
    expect(await page.locator('.snippet').first().innerText()).toContain(
      `data-url="${empty.url}/v1/spans"`,
    )
    await empty.close()
  })

  test('a collector that went away is told, and asked again', async () => {
    const page = await open('/')
    await page.waitForSelector('[data-trace-id]')
    await page.route('**/api/traces?*', (route) => route.abort())
    await page.keyboard.press('r')
    await page.waitForSelector('text=No answer from the collector')
    await page.unroute('**/api/traces?*')
    await page.click('text=Try again')
    await page.waitForSelector('[data-trace-id]')
  })

  test('a collector that says why it cannot answer is not taken for one that went away', async () => {
    const page = await open('/')
    await page.waitForSelector('[data-trace-id]')
    const error = { field: 'query', reason: 'took longer than 30 s' }
    await page.route('**/api/traces*', (route) => route.fulfill({ status: 503, json: { error } }))
    await page.keyboard.press('r')
    await page.waitForSelector('text=The collector could not answer')
    const notice = await page.locator('.notice').innerText()
    expect(notice).toContain('took longer than 30 s')
    expect(notice).not.toContain('still running')
  })

  test('an unknown trace and an unknown page are not errors', async () => {
    const page = await open('/trace/' + 'ab'.repeat(16))
    await page.waitForSelector('text=This trace is not stored')
    await page.goto(server.url + '/nowhere')
    await page.waitForSelector('text=There is nothing here')
  })
})

describe('a trace', () => {
  test('is a tree across services, each row named for those who cannot see it', async () => {
    const page = await open('/trace/' + failedTraceId)
    await page.waitForSelector('[data-span-id]')
    const names = await page.locator('.row-name').allInnerTexts()
    expect(names.slice(0, 7)).toEqual([
      'click button#buy',
      'POST /api/checkout',
      'POST /api/checkout',
      'check token',
      'POST /checkout',
      'POST /checkout',
      'read session',
    ])
    const levels = await spans(page).evaluateAll((all) =>
      all.map((it) => it.getAttribute('aria-level')),
    )
    expect(levels.slice(0, 7)).toEqual(['1', '2', '3', '4', '4', '5', '6'])
    const charge = page.locator('[data-span-id]', { hasText: 'charge' }).last()
    expect(await charge.getAttribute('aria-label')).toMatch(
      /^payments, charge, [\d.]+\u00a0ms, error$/,
    )
    expect(await page.locator('.trace-header').innerText()).toContain('payments')
  })

  test('an address names a span, and its details are open', async () => {
    const page = await open('/trace/' + failedTraceId)
    const id = await page
      .locator('[data-span-id]', { hasText: 'charge' })
      .last()
      .getAttribute('data-span-id')
    await page.goto(`${server.url}/trace/${failedTraceId}?span=${id}`)
    const details = page.locator('.details')
    await details.waitFor()
    expect(await details.locator('h2').innerText()).toBe('charge')
    expect(await details.locator('.exception').innerText()).toContain('CardDeclined')
    expect(await details.locator('.stack pre').innerText()).toContain('charge.js:41:11')
    expect(await page.locator('[aria-selected=true]').getAttribute('data-span-id')).toBe(id)
  })

  test('is walked through by keys alone', async () => {
    const page = await open('/trace/' + slowTraceId)
    await page.waitForSelector('[data-span-id]')
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key)
    }
    const all = await spans(page).count()
    await press('ArrowDown', 'j', 'k', 'ArrowDown')
    expect(await cursor(page)).toBe('POST /api/checkout')
    await press('ArrowLeft')
    await page.waitForFunction(
      (before) => document.querySelectorAll('[data-span-id]').length < before,
      all,
    )
    expect(await page.locator('[aria-selected=true]').getAttribute('aria-expanded')).toBe('false')
    await press('ArrowRight', 'ArrowRight')
    expect(await cursor(page)).toBe('check token')
    await press('ArrowLeft')
    expect(await cursor(page)).toBe('POST /api/checkout')
    await press('Enter')
    await page.waitForSelector('.details')
    expect(search(page)).toMatch(/^\?span=[0-9a-f]{16}$/)
    await press('End')
    await page.waitForFunction(
      () => document.querySelector('.details h2')?.textContent == 'navigate /thanks',
    )
    await press('Escape')
    await page.waitForSelector('.details', { state: 'detached' })
    expect(search(page)).toBe('')
    await press('?')
    await page.waitForSelector('dialog[open]')
    await press('Escape')
    await page.waitForSelector('dialog', { state: 'detached' })
  })

  test('errors are gone to, and spans found, by key', async () => {
    const page = await open('/trace/' + failedTraceId)
    await page.waitForSelector('[data-span-id]')
    await page.keyboard.press('/')
    await page.keyboard.type('db.system.name=postgresql')
    await page.waitForSelector('text=1 found')
    await page.keyboard.press('Enter')
    expect(await cursor(page)).toBe('SELECT stock')
    await page.keyboard.press('Escape')
    await page.keyboard.press('E')
    expect(await page.locator('[aria-selected=true]').getAttribute('aria-label')).toContain('error')
  })

  test('zooms to a span and out again', async () => {
    const page = await open('/trace/' + slowTraceId)
    await page.waitForSelector('[data-span-id]')
    await page.keyboard.press('End')
    await page.keyboard.press('z')
    await page.waitForSelector('.lens')
    expect(
      await page
        .locator('[aria-selected=true] .bar')
        .first()
        .evaluate((it) => it.clientWidth),
    ).toBeGreaterThan(300)
    await page.keyboard.press('0')
    await page.waitForSelector('.lens', { state: 'detached' })
    const box = await page.locator('.overview-box').boundingBox()
    if (!box) throw new Error('no overview')
    await page.mouse.move(box.x + box.width * 0.3, box.y + 20)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.6, box.y + 20, { steps: 4 })
    await page.mouse.up()
    await page.waitForSelector('text=Show all')
  })

  test('an attribute leads to the list of traces that share it', async () => {
    const page = await open('/trace/' + slowTraceId)
    await page.waitForSelector('[data-span-id]')
    await page.click('[data-span-id] >> text=SELECT stock')
    await page.fill('[aria-label="Filter attributes"]', 'namespace')
    // what the folded event holds is there too, and not seen
    const shown = page.locator('.attributes tr:visible')
    expect(await shown.count()).toBe(1)
    await shown.hover()
    await page.click('[aria-label="Traces where db.namespace is shop"]')
    await page.waitForURL((url) => url.searchParams.get('attribute') == 'db.namespace=shop')
    await page.waitForSelector('[data-trace-id]')
  })

  test('the list is asked for nothing that it cannot find: what events say, or the text of a list', async () => {
    const page = await open('/trace/' + brokenTraceId)
    const row = page.locator('[data-span-id]', { hasText: 'GET /stream' })
    await row.click()
    await page.click('.event summary')
    const label = (text: string) => page.locator(`.details a[aria-label="${text}"]`)
    expect(await page.locator('.event .attributes tr').count()).toBe(1)
    expect(await page.locator('.event .attributes a').count()).toBe(0)
    expect(await label('Traces where lightspan.open is true').count()).toBe(1)
    const list = label('Traces that have http.response.header.via')
    expect(await list.getAttribute('href')).toBe('/?attribute=http.response.header.via')
    await list.focus()
    await page.keyboard.press('Enter')
    await page.waitForSelector('[data-trace-id]')
  })

  test('what is odd about it is said: orphans, rings, a child before its parent', async () => {
    const page = await open('/trace/' + brokenTraceId)
    await page.waitForSelector('[data-span-id]')
    expect(await spans(page).count()).toBe(8)
    const labels = await spans(page).evaluateAll((all) =>
      all.map((it) => it.getAttribute('aria-label')),
    )
    expect(labels.join('\n')).toMatch(
      /GET \/broken, 150\u00a0ms, starts 12\u00a0ms before its parent/,
    )
    expect(labels.join('\n')).toMatch(/GET \/lost, 40\u00a0ms, parent not received/)
    expect(labels.join('\n')).toMatch(/ring a, 30\u00a0ms, parents form a ring/)
  })

  test('leads to the other traces of its session, also days later', async () => {
    const page = await open('/trace/' + failedTraceId)
    const range = async () => {
      const href = await page
        .locator('.trace-header a[title^="Traces of session"]')
        .getAttribute('href')
      return new URL(href!, page.url()).searchParams
    }
    await page.waitForSelector('[data-span-id]')
    expect((await range()).get('from')).toBe('-1d')
    await page.clock.setFixedTime(Date.now() + 3 * 864e5)
    await page.reload()
    await page.waitForSelector('[data-span-id]')
    const [from, to] = [(await range()).get('from')!, (await range()).get('to')!]
    expect(Date.parse(from)).toBeLessThan(Date.now() - 864e5)
    expect(Math.abs(Date.parse(to) - Date.now() - 864e5)).toBeLessThan(36e5)
    await page.locator('.trace-header a[title^="Traces of session"]').click()
    await page.waitForSelector('[data-trace-id]')
  })

  test('a span whose end has not come says so, and that it lasted longer', async () => {
    const page = await open('/trace/' + brokenTraceId)
    const row = page.locator('[data-span-id]', { hasText: 'GET /stream' })
    expect(await row.getAttribute('aria-label')).toMatch(/20\u00a0ms, not ended yet$/)
    expect(await row.innerText()).toContain('not ended yet')
    const gone = page.locator('[data-span-id]', { hasText: 'GET /gone' })
    expect(await gone.getAttribute('aria-label')).toMatch(/20\u00a0ms, end not received$/)
    await row.click()
    const details = page.locator('.details')
    expect(await details.locator('.tags').innerText()).toContain('not ended yet')
    expect(await details.locator('.details-facts').innerText()).toMatch(/20\u00a0ms\s*at least/)
  })

  test('a trace that is not given whole says so', async () => {
    const page = await open('/')
    await page.route('**/api/traces/' + brokenTraceId, async (route) => {
      const response = await route.fetch()
      await route.fulfill({ json: { ...((await response.json()) as object), truncated: true } })
    })
    await page.goto(new URL('/trace/' + brokenTraceId, page.url()).href)
    await page.waitForSelector('[data-span-id]')
    expect(await page.locator('.strip').innerText()).toContain('the first 8 spans of the trace')
  })

  test('a trace whose clocks differ takes as long as it took, says so, and shows its times as they came', async () => {
    const page = await open('/nowhere')
    const start = Date.now() - 36e5
    await page.route('**/api/traces/' + slowTraceId, async (route) => {
      const answer = (await (await route.fetch()).json()) as object
      const clocks = [
        { service: 'shop-web', offset: -120_003, uncertainty: 12, atMost: -119_970 },
        { service: 'shop-edge', shift: 120_000 },
        { service: 'orders', shift: 20, atMost: 5000 },
      ]
      await route.fulfill({ json: { ...answer, start, duration: 312.4, clocks } })
    })
    await page.goto(`${server.url}/trace/${slowTraceId}`)
    await page.waitForSelector('[data-span-id]')
    expect(await page.locator('.fact-main').innerText()).toBe('312.4\u00a0ms')
    expect(await page.getAttribute('.facts time', 'datetime')).toBe(new Date(start).toISOString())
    expect(await page.innerText('[data-clocks]')).toContain(
      'differ from that of shop-web: shop-edge about 2\u00a0m\u00a00\u00a0s behind. All',
    )
    await page.keyboard.press('Enter')
    expect(await page.innerText('[data-clock]')).toContain(
      "shop-web, which is 2\u00a0m\u00a00\u00a0s ahead of the collector's, ± 12\u00a0ms.",
    )
    expect(await page.locator('.details-facts').innerText()).toMatch(
      /Duration\s*62\sms\s*Starts at\s*0\sms/,
    )
  })

  test('whom it waited for comes first, and many or long services leave the waterfall its room', async () => {
    const nanos = (ms: number) => `${BigInt(Date.now() - 36e5 + ms) * 1_000_000n}`
    const resourceSpans = Array.from({ length: 200 }, (_, n) => ({
      resource: {
        attributes: [
          { key: 'service.name', value: { stringValue: `${n}-${n % 3 ? 's' : 's'.repeat(3000)}` } },
        ],
      },
      scopeSpans: [
        {
          spans: [
            {
              traceId: brokenTraceId,
              spanId: `${n + 1}`.padStart(16, '0'),
              name: `op ${n}`,
              startTimeUnixNano: nanos(10 * n),
              endTimeUnixNano: nanos(10 * n + (n == 199 ? 500 : 5)),
            },
          ],
        },
      ],
    }))
    const page = await open('/')
    await page.route('**/api/traces/' + brokenTraceId, (route) =>
      route.fulfill({ json: { resourceSpans } }),
    )
    await page.goto(new URL('/trace/' + brokenTraceId, page.url()).href)
    await page.waitForSelector('[data-span-id]')
    expect(await page.locator('.waited li .part-name').first().innerText()).toBe('199-s')
    const row = await spans(page).nth(8).boundingBox()
    expect(row!.y + row!.height).toBeLessThan(800)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1280)
    const widths = await page
      .locator('.waited li')
      .evaluateAll((all) => all.map((it) => it.getBoundingClientRect().right))
    expect(Math.max(...widths)).toBeLessThan(1280)
  })

  test('5,000 spans keep the DOM small, from the first row to the last', async () => {
    const page = await open('/trace/' + bigTraceId)
    await page.waitForSelector('[data-span-id]')
    expect(await page.locator('[role=treegrid]').getAttribute('aria-rowcount')).toBe('5000')
    expect(await spans(page).count()).toBeLessThan(60)
    await page.keyboard.press('End')
    await page.waitForSelector('[aria-rowindex="5000"]')
    expect(await spans(page).count()).toBeLessThan(60)
    expect(await page.locator('[aria-selected=true]').getAttribute('aria-rowindex')).toBe('5000')
  })

  test('cannot turn the writing of the page around, and is copied and asked for as it came', async () => {
    const controls = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/
    const turning = 'photo_\u202Egpj.exe\u2066\u200F'
    const spelled = 'photo_⟨U+202E⟩gpj.exe⟨U+2066⟩⟨U+200F⟩'
    const page = await open('/nowhere')
    await page.route('**/api/**', async (route) => {
      const text = await (await route.fetch()).text()
      const sent = JSON.stringify(hostile).slice(1, -1)
      await route.fulfill({ body: text.replaceAll(sent, turning), contentType: 'application/json' })
    })
    // but for the values of options, which nobody reads
    const html = async () =>
      (await page.evaluate(() => document.documentElement.outerHTML)).replaceAll(
        /<option [^>]*>/g,
        '',
      )
    await page.goto(`${server.url}/?attribute=${encodeURIComponent('user.name=' + turning)}`)
    await page.waitForSelector('.chip')
    expect(await page.locator('.chip').innerText()).toBe('user.name=' + spelled)
    expect(await html()).not.toMatch(controls)
    await page.goto(`${server.url}/?limit=1000`)
    await page.locator('[data-trace-id]', { hasText: spelled }).first().waitFor()
    expect(await html()).not.toMatch(controls)
    await page.selectOption('select[aria-label=Service]', { label: spelled })
    await page.waitForURL((url) => url.searchParams.get('service') == turning)
    await page.goto(`${server.url}/trace/${hostileTraceId}`)
    await page.waitForSelector('[data-span-id]')
    await page.keyboard.press('Enter')
    expect(await page.locator('.details h2').innerText()).toBe(spelled)
    expect(await page.locator('.row-name').first().getAttribute('title')).toContain(spelled)
    const ask = page.locator('.details a[title="Traces with this value"]', { hasText: '' })
    const asked = await ask.evaluateAll((all) => all.map((it) => it.getAttribute('href')!))
    expect(asked.map((href) => new URLSearchParams(href.split('?')[1]).get('attribute'))).toContain(
      `${turning}=${turning}`,
    )
    expect(
      await page
        .locator('.row-name')
        .first()
        .evaluate((it) => getComputedStyle(it).unicodeBidi),
    ).toBe('isolate')
    expect(await html()).not.toMatch(controls)
  })

  test('whatever its names say, they stay text', async () => {
    const page = await open('/trace/' + hostileTraceId)
    await page.waitForSelector('[data-span-id]')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.exception')
    expect(await page.locator('.details h2').innerText()).toBe(hostile)
    expect(await page.locator('.value', { hasText: '<script>' }).count()).toBeGreaterThan(0)
    await page.click('a[aria-label="Back to the list"]')
    await page.waitForSelector(`[data-trace-id="${hostileTraceId}"]`)
    expect(await page.locator('#app img, #app script').count()).toBe(0)
    expect(await page.locator('a[href^="javascript:"]').count()).toBe(0)
    expect(await page.title()).not.toBe('pwned')
  })
})

describe('colours', () => {
  const ground = (page: Page) =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const brightness = (colour: string) =>
    (colour.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, it) => sum + Number(it), 0)

  test('follow the system, until somebody chooses, and the choice is remembered', async () => {
    const page = await open('/', { colorScheme: 'dark' })
    await page.waitForSelector('[data-trace-id]')
    expect(brightness(await ground(page))).toBeLessThan(150)
    await page.click('[data-theme-toggle]')
    expect(brightness(await ground(page))).toBeGreaterThan(600)
    await page.reload()
    await page.waitForSelector('[data-trace-id]')
    expect(brightness(await ground(page))).toBeGreaterThan(600)
  })

  test('text can be read on either ground: contrast of at least 4.5', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open('/trace/' + failedTraceId, { colorScheme })
      await page.waitForSelector('[data-span-id]')
      const poor = await page.evaluate(() => {
        const light = (colour: string) => {
          const canvas = document.createElement('canvas').getContext('2d')
          if (!canvas) throw new Error('no canvas')
          canvas.fillStyle = colour
          canvas.fillRect(0, 0, 1, 1)
          const [r = 0, g = 0, b = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((it) => {
            const part = it / 255
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
          })
          return 0.2126 * r + 0.7152 * g + 0.0722 * b
        }
        const style = getComputedStyle(document.documentElement)
        const of = (name: string) => light(style.getPropertyValue(name))
        const contrast = (a: number, b: number) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
        const texts = ['--text', '--text-2', '--text-3', '--accent', '--error']
        return texts.filter((it) =>
          ['--surface', '--ground', '--sunken'].some(
            (ground) => contrast(of(it), of(ground)) < 4.5,
          ),
        )
      })
      expect(poor).toEqual([])
    }
  })
})

test('the fixtures are the same every time', () => {
  const now = 1_764_000_000_000
  expect(makeTraces({ now, big: 50 })).toEqual(makeTraces({ now, big: 50 }))
})
