// config.ts: what an operator may say, by flag, environment or file, checked with clear errors.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'

/** An option: what it is called is its name in `options`. */
interface Option<Schema extends z.ZodType> {
  help: string
  /** The default, as an operator would say it. */
  usual: string
  schema: Schema
}

const option = <Schema extends z.ZodType>(
  usual: string,
  help: string,
  schema: Schema,
): Option<Schema> => ({ usual, help, schema })

// Flags and environment bring numbers as text; what else JavaScript would make a number is none.
const whole = (least: number, most: number) => {
  const message = `expected a whole number from ${least} to ${most}`
  return z.preprocess(
    (it) => (typeof it == 'string' && /^\d+$/.test(it) ? Number(it) : it),
    z.int(message).min(least, message).max(most, message),
  )
}

const text = z.string('expected text').min(1, 'expected text')

const list = z
  .union([z.array(z.string()), z.string()], 'expected texts between commas, or a list of them')
  .transform((it) =>
    (typeof it == 'string' ? it.split(',') : it).map((each) => each.trim()).filter(Boolean),
  )

const isOrigin = (it: string) => {
  if (it == '*') return true
  const url = URL.canParse(it) ? new URL(it) : undefined
  return !!url && url.origin == it && /^https?:$/.test(url.protocol)
}

const hourMs = 3600e3
const retention = z
  .string()
  .regex(/^([1-9]\d{0,5}[hd]|forever)$/, 'expected a time such as 36h or 7d, or forever')
  .transform((it) =>
    it == 'forever' ? Infinity : parseInt(it) * (it.endsWith('d') ? 24 * hourMs : hourMs),
  )

const minuteMs = 60e3
const patience = z
  .string()
  .regex(/^[1-9]\d{0,5}[smh]$/, 'expected a time such as 90s, 5m or 1h')
  .transform(
    (it) => parseInt(it) * { s: 1e3, m: minuteMs, h: hourMs }[it.at(-1) as 's' | 'm' | 'h'],
  )

const isRate = (it: unknown): it is number => typeof it == 'number' && it >= 0 && it <= 1

// `shop=0.1,*=1`, or an object in the file
const rates = z
  .unknown()
  .transform((it) =>
    typeof it == 'string'
      ? it
          .split(',')
          .filter((each) => each.trim())
          .map((each): [string, unknown] => {
            const [, name = '', rate] = /^(.+)=\s*([\d.]+)$/.exec(each.trim()) ?? []
            return [name.trim(), rate && Number(rate)]
          })
      : typeof it == 'object' && it !== null && !Array.isArray(it)
        ? Object.entries(it)
        : [['', it] as [string, unknown]],
  )
  .refine((all): all is [string, number][] => all.every(([name, rate]) => name && isRate(rate)), {
    message: 'expected services and the share of traces, 0 to 1, such as shop=0.1,*=1',
  })
  .transform((all) => new Map(all as [string, number][]))

const mebi = 2 ** 20

const options = {
  host: option('127.0.0.1', 'address to listen on; 0.0.0.0 is all of IPv4', text),
  port: option('4318', 'port to listen on; 0 takes any free one', whole(0, 65_535)),
  data: option(
    './lightspan-data',
    'folder of log and store; made if need be',
    text.transform((it) => resolve(it)),
  ),
  origins: option(
    '*',
    'origins whose pages may send, between commas; * is any',
    list.refine((all) => all.length && all.every(isOrigin), {
      message: 'expected origins such as https://shop.example, or *',
    }),
  ),
  keys: option('', 'public ingest keys between commas, one of which is then required', list),
  sample: option(
    '',
    'the share of traces that pages of a service are asked to record, such as shop=0.1,*=1',
    rates,
  ),
  retention: option('7d', 'how long spans are kept, such as 36h, 7d, or forever', retention),
  abandon: option(
    '5m',
    'how long nothing may come of a span that is open before it is closed, such as 90s or 5m',
    patience,
  ),
  maxBody: option(
    String(4 * mebi),
    'largest request body in bytes, as it travels',
    whole(1024, 256 * mebi),
  ),
  maxDecoded: option(
    String(16 * mebi),
    'largest request body in bytes, when decompressed',
    whole(1024, 512 * mebi),
  ),
  maxWaiting: option(
    String(128 * mebi),
    'memory in bytes for what waits for the store, before senders are told to wait',
    whole(mebi, 2 ** 36),
  ),
  memory: option(
    '1GB',
    "the store's memory limit, such as 512MB or 2GB",
    z.string().regex(/^[1-9]\d{0,6}(MB|GB)$/, 'expected a size such as 512MB or 2GB'),
  ),
  threads: option('2', "the store's threads", whole(1, 256)),
}

type Options = typeof options

/** The collector's configuration. Sizes are in bytes, times in ms. */
export type Config = { [Name in keyof Options]: z.infer<Options[Name]['schema']> }

/** Options in the order of the help: their names, meanings and defaults. */
export const configOptions: { name: string; help: string; usual: string }[] = Object.entries(
  options,
).map(([name, { help, usual }]) => ({ name, help, usual }))

/** Name of an option on the command line: maxBody is --max-body. */
export const flagOf = (name: string): string =>
  '--' + name.replace(/[A-Z]/g, (letter) => '-' + letter.toLowerCase())

/** Name of an option in the environment: maxBody is LIGHTSPAN_MAX_BODY. */
export const variableOf = (name: string): string =>
  'LIGHTSPAN_' + name.replace(/[A-Z]/g, (letter) => '_' + letter).toUpperCase()

type Said = Record<string, unknown>

const fromFile = (path: string): Said => {
  let said: unknown
  try {
    said = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const because = error instanceof SyntaxError ? `is not JSON: ${message}` : `cannot be read`
    throw new Error(`--config: ${path} ${code == 'ENOENT' ? 'does not exist' : because}`, {
      cause: error,
    })
  }
  if (typeof said != 'object' || said === null || Array.isArray(said))
    throw new Error(`--config: ${path} is not an object of options`)
  for (const name of Object.keys(said))
    if (!Object.hasOwn(options, name))
      throw new Error(
        `--config: ${path}: ${name} is no option; options are ${Object.keys(options).join(', ')}`,
      )
  return said as Said
}

/**
 * Completes the configuration: flags over environment over file over defaults.
 * @throws an error that names every option that is wrong, where it was said, and what was expected.
 */
export const readConfig = (
  flags: Said,
  environment: NodeJS.ProcessEnv,
  file: string | undefined = environment['LIGHTSPAN_CONFIG'],
): Config => {
  const filed = file ? fromFile(file) : {}
  const config: Said = {}
  const wrong: string[] = []
  for (const [name, { schema, usual }] of Object.entries(options)) {
    const variable = environment[variableOf(name)]
    const [value, where] =
      flags[name] !== undefined
        ? [flags[name], flagOf(name)]
        : variable // an empty one is as good as none
          ? [variable, variableOf(name)]
          : filed[name] !== undefined
            ? [filed[name], `${name} in ${file}`]
            : [usual, name]
    const read = schema.safeParse(value)
    if (read.success) config[name] = read.data
    else wrong.push(`${where}: ${read.error.issues[0]!.message}, got ${JSON.stringify(value)}`)
  }
  if (wrong.length) throw new Error(wrong.join('\n'))
  return config as Config
}
