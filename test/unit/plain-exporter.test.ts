// The exporter of those who choose their parts, and did not choose one that tries again.

import { expect, test } from 'vitest'
import { createPlainExporter } from '../../src/export/plain-exporter.ts'
import type { Transport } from '../../src/export/transport.ts'
import type { SpanRecord } from '../../src/trace/record.ts'

const span = (name: string) => ({ name }) as SpanRecord

const setUp = () => {
  const bodies: unknown[] = []
  const take = (body: unknown) => void bodies.push(JSON.parse(body as string))
  const transport = {
    post: (body: unknown) => [Promise.resolve({ taken: true }), take(body)],
    leave: (body: unknown) => {
      take(body)
      return true
    },
  } as unknown as Transport
  const exporter = createPlainExporter({
    encode: (spans, lost) => {
      if (spans.some(({ name }) => name == 'bad')) throw new TypeError('has no form')
      return JSON.stringify({ names: spans.map(({ name }) => name), lost })
    },
    transport,
    size: 100,
    delay: 60_000,
    compress: false,
  })
  return { exporter, bodies }
}

test.each(['flush', 'leave'] as const)(
  'what cannot be written is counted, and stops nothing that comes after, on %s',
  async (how) => {
    const { exporter, bodies } = setUp()
    exporter.add(span('bad'))
    exporter.add(span('with it'))
    await exporter[how]()
    exporter.add(span('after'))
    await exporter.flush()
    expect(bodies).toEqual([{ names: ['after'], lost: { queue: 2 } }])
  },
)
