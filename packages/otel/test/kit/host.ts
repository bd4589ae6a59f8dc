// host.ts: a Lightspan of one thread, without a page, and what it recorded.

import {
  createStackContext,
  createTracer,
  platformClock,
  randomHex,
  type Span,
  type Tracer,
} from 'lightspan/core'

/** A tracer, and its ended spans by name. */
export interface TestHost extends Tracer {
  ended: Span[]
  /** The ended span of that name. */
  span: (name: string) => Span
}

/** Builds one. `sample` is the share of traces that it records. */
export const createHost = (sample = 1): TestHost => {
  const ended: Span[] = []
  const tracer = createTracer({
    clock: platformClock(),
    random: randomHex,
    context: createStackContext(),
    sample,
    onEnd: (span) => void ended.push(span),
  })
  return {
    ...tracer,
    ended,
    span: (name) => {
      const found = ended.find((it) => it.name == name)
      if (!found) throw new Error(`no span ${name}, but ${ended.map((it) => it.name).join(', ')}`)
      return found
    },
  }
}
