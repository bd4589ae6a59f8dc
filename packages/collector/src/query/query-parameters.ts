// query-parameters.ts: the parameters of the query API, checked.

import { z } from 'zod'
import { refuse } from '../refusal.ts'

const units: Record<string, number> = { s: 1e3, m: 60e3, h: 3600e3, d: 86400e3 }

/** Epoch ms, ISO 8601, or an offset from now such as `-15m`. Undefined where it is none of them. */
const readTime = (text: string, now: number): number | undefined => {
  const [, amount, unit] = /^([+-]\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? []
  if (amount) return now + Number(amount) * units[unit!]!
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  const parsed = /^\d{4}-/.test(text) ? Date.parse(text) : NaN
  return Number.isNaN(parsed) ? undefined : parsed
}

const time = z.string('expected one time').transform((text, context) => {
  const read = readTime(text, Date.now())
  // ns since the epoch must fit 64 bits
  if (read === undefined || read < 0 || read > 9e12) {
    context.addIssue({
      code: 'custom',
      message: 'expected epoch ms, ISO 8601, or an offset such as -15m',
    })
    return z.NEVER
  }
  return read
})
const number = z
  .string('expected one number')
  .regex(/^\d{1,15}(\.\d{1,9})?$/, 'expected a number, not below 0')
  .transform(Number)
const wholeWithin = (least: number, most: number) => {
  const message = `expected a whole number from ${least} to ${most}`
  return number.pipe(z.int(message).min(least, message).max(most, message))
}
/** The longest duration that can be asked for, in ms: 30 years. */
const duration = number.pipe(z.number().max(1e12, 'expected a duration in ms, at most 1e12'))
const name = z
  .string('expected one text')
  .min(1, 'is empty')
  .max(1000, 'is longer than 1000 characters')
const window = { from: time.optional(), to: time.optional() }

const attribute = z
  .string()
  .min(1, 'expected key=value, or key')
  .max(4000, 'is longer than 4000 characters')
  .transform((it) => {
    const at = it.indexOf('=')
    return at < 0 ? { key: it } : { key: it.slice(0, at), value: it.slice(at + 1) }
  })

const statuses = ['unset', 'ok', 'error'] as const

export const noParameters = z.strictObject({})

export const servicesParameters = z.strictObject(window)

export const tracesParameters = z.strictObject({
  ...window,
  service: name.optional(),
  name: name.optional(),
  minDuration: duration.optional(),
  maxDuration: duration.optional(),
  status: z
    .enum(statuses, `expected one of ${statuses.join(', ')}`)
    .transform((it) => statuses.indexOf(it))
    .optional(),
  attribute: z
    .preprocess(
      (it) => (typeof it == 'string' ? [it] : it),
      z.array(attribute).max(10, 'is there more than 10 times'),
    )
    .default([]),
  limit: wholeWithin(1, 1000).default(50),
})

export const routesParameters = z.strictObject({
  ...window,
  service: name.optional(),
  step: wholeWithin(1, 86_400).optional(),
  limit: wholeWithin(1, 500).default(100),
})

/** Checks a query. @throws a refusal with the name of the first parameter that is wrong. */
export const readQuery = <Schema extends z.ZodType>(schema: Schema, query: unknown) => {
  const read = schema.safeParse(query)
  if (read.success) return read.data
  const [issue] = read.error.issues
  if (issue!.code == 'unrecognized_keys')
    throw refuse(400, issue!.keys[0]!, 'is no parameter of this query')
  const limit = 'maximum' in issue! ? Number(issue.maximum) : undefined
  throw refuse(400, String(issue!.path[0] ?? 'query'), issue!.message, limit)
}

/** The window of a query; the last hour where it says nothing. @throws a refusal where it is empty. */
export const readWindow = ({
  from,
  to,
}: {
  from?: number | undefined
  to?: number | undefined
}) => {
  const end = to ?? Date.now()
  const start = from ?? end - 3600e3
  if (start > end) throw refuse(400, 'from', 'is after to')
  return { from: start, to: end }
}
