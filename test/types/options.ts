// What users may say to start, and what the compiler must refuse. Compiled by types.test.ts, never run.

import { encodeOtlp, fetchSpans, start, startWith, type Options } from 'lightspan'

start({ service: 'shop' })
start({
  service: 'shop',
  version: '1.4.0',
  environment: undefined,
  url: 'https://collector.example/v1/spans',
  key: 'public',
  format: 'otlp',
  headers: { authorization: 'Bearer …' },
  propagateTo: ['https://api.example.com', '*.example.com', /^https:\/\/[ab]\.example$/],
  sample: 0.1,
  attributes: { 'shop.country': 'NL', 'shop.tags': ['a', 'b'], 'shop.none': undefined },
  instrumentations: [fetchSpans()],
  beforeSend: (span) => (span.name == 'secret' ? null : span),
})
start({ service: 'shop', beforeSend: (span) => void delete span.attributes['url.full'] })
startWith([fetchSpans()], { service: 'shop', encode: encodeOtlp })
start({ service: 'shop', encode: encodeOtlp })

// Options come from elsewhere, not always whole.
const { version } = {} as { version?: string }
export const options: Options = { service: 'shop', version }

// @ts-expect-error a service is required
start({})
// @ts-expect-error options are required
start()
// @ts-expect-error misspelt
start({ service: 'shop', endpoint: '/v1/spans' })
// @ts-expect-error there are two formats
start({ service: 'shop', format: 'protobuf' })
// @ts-expect-error a share, not a percentage in text
start({ service: 'shop', sample: '10%' })
// @ts-expect-error an attribute is no object
start({ service: 'shop', attributes: { user: { id: 1 } } })
// @ts-expect-error an instrumentation is what its function returns
start({ service: 'shop', instrumentations: [fetchSpans] })
// @ts-expect-error a list, not one origin
start({ service: 'shop', propagateTo: 'https://api.example.com' })
// @ts-expect-error a hook gives a span or nothing
start({ service: 'shop', beforeSend: () => true })
// @ts-expect-error startWith is told the encoder
startWith([], { service: 'shop', format: 'otlp' })
// @ts-expect-error instrumentations come first
startWith({ service: 'shop' })
