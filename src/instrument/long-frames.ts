// long-frames.ts: frames that kept the user waiting, and the scripts that did, where the engine tells (LoAF).

import { observe } from '../browser/observe.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'
import { spanAt } from '../trace/recall.ts'

interface Script extends PerformanceEntry {
  invoker: string
  invokerType: string
  sourceURL: string
  sourceFunctionName: string
  sourceCharPosition: number
  forcedStyleAndLayoutDuration: number
}
type Frame = PerformanceEntry & { blockingDuration: number; scripts: Script[] }

/** The most frames that one page records. */
const most = 100

/** A script shorter than this explains nothing, in ms. */
const shortest = 5

/**
 * Records long animation frames. Their scripts are children of the interaction, navigation or load during
 * which they ran; where none was going on, of a span of the frame's own.
 */
export const longFrames = (): Instrumentation => (tracer) => {
  let left = most
  const record = (entry: Frame) => {
    const { startTime, duration, blockingDuration, scripts } = entry
    if (left-- <= 0) return
    // The longest script explains the frame; others in it may belong to what came before.
    const [longest = entry] = [...scripts].sort((a, b) => b.duration - a.duration)
    const owner = spanAt(tracer, longest.startTime + longest.duration / 2)
    const frame = tracer.start('long animation frame', {
      parent: owner || null,
      start: startTime,
      attributes: { 'lightspan.frame.blocking_duration': blockingDuration },
    })
    for (const script of scripts) {
      if (script.duration < shortest) continue
      const { sourceURL, invoker } = script
      const url = /^http/.test(sourceURL) ? tracer.redact(new URL(sourceURL)) : undefined
      tracer
        .start(`script ${script.invokerType}`, {
          parent: frame,
          start: script.startTime,
          attributes: {
            'code.file.path': url,
            'code.function.name': script.sourceFunctionName || undefined,
            'lightspan.script.invoker': /:\/\//.test(invoker) ? undefined : invoker || undefined,
            'lightspan.script.position': script.sourceCharPosition,
            'lightspan.script.forced_layout_duration': script.forcedStyleAndLayoutDuration,
          },
        })
        .end(script.startTime + script.duration)
    }
    frame.end(startTime + duration)
  }
  return observe(['long-animation-frame'], (entries) => (entries as Frame[]).forEach(record))
}
