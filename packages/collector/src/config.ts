// config.ts: what an operator may say, by flag, environment or file, checked with clear errors.

import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'

const list = z
  .union([z.array(z.string().min(1)), z.string()])
  .transform((it) =>
    (typeof it == 'string' ? it.split(',') : it).map((each) => each.trim()).filter(Boolean),
  )
const origin = /^(\*|https?:\/\/[^/\s]+)$/

const bytes = (most: number) => z.coerce.number().int().min(1024).max(most)

const schema = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.coerce.number().int().min(0).max(65_535).default(4318),
  data: z.string().min(1).default('./lightspan-data'),
  origins: list
    .refine((all) => all.every((it) => origin.test(it)), {
      message: 'expected origins such as https://shop.example, or *',
    })
    .default(['*']),
  keys: list.default([]),
  maxBody: bytes(2 ** 28).default(4 * 2 ** 20),
  maxDecoded: bytes(2 ** 29).default(32 * 2 ** 20),
  memory: z
    .string()
    .regex(/^\d+(MB|GB)$/, 'expected a size such as 512MB or 2GB')
    .default('1GB'),
  threads: z.coerce.number().int().min(1).max(256).default(2),
})

/** The collector's configuration. Sizes are in bytes. */
export type Config = z.infer<typeof schema>

/** What each option means; the command line and the docs say it in these words. */
export const configHelp: Record<keyof Config, string> = {
  host: 'address to listen on',
  port: 'port to listen on; 0 takes any free one',
  data: 'folder of log and store; made if need be',
  origins: 'origins that browsers may send from, between commas; * is any',
  keys: 'public ingest keys, one of which is required, between commas; none: no key is needed',
  maxBody: 'largest request body, in bytes, as it travels',
  maxDecoded: 'largest request body, in bytes, when decompressed',
  memory: "the store's memory limit",
  threads: "the store's threads",
}

export const configDefaults = schema.parse({})

/** Name of an option in the environment: maxBody is LIGHTSPAN_MAX_BODY. */
export const variableOf = (option: string): string =>
  'LIGHTSPAN_' + option.replace(/[A-Z]/g, (letter) => '_' + letter).toUpperCase()

const fromFile = (path: string): Record<string, unknown> => {
  if (!existsSync(path)) throw new Error(`--config: ${path} does not exist`)
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  } catch (error) {
    throw new Error(`--config: ${path} is not JSON: ${(error as Error).message}`, { cause: error })
  }
}

const fromEnvironment = (environment: NodeJS.ProcessEnv) =>
  Object.fromEntries(
    Object.keys(configHelp)
      .map((option) => [option, environment[variableOf(option)]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  )

/**
 * Completes the configuration: flags over environment over file over defaults.
 * @throws an error that names every option that is wrong, and why.
 */
export const readConfig = (
  flags: Record<string, unknown>,
  environment: NodeJS.ProcessEnv,
  file: string | undefined = environment['LIGHTSPAN_CONFIG'],
): Config => {
  const given = { ...(file && fromFile(file)), ...fromEnvironment(environment), ...flags }
  const read = schema.safeParse(given)
  if (read.success) return read.data
  const wrong = read.error.issues.map(({ path, message, code }) =>
    code == 'unrecognized_keys' ? message : `${path.join('.')}: ${message}`,
  )
  throw new Error(wrong.join('\n'))
}
