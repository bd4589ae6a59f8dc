// long-frames.ts: frames that kept the user waiting, and the scripts that did, where the engine tells (LoAF); else tasks.

import { observable, observe } from '../browser/observe.ts'
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
// An entry of a long task has neither.
type Frame = PerformanceEntry & { blockingDuration?: number; scripts?: Script[] }

/** The most frames that one page records. */
const most = 100

/** From when on a task is long, and blocks, in ms (W3C Long Tasks). */
const long = 50

/** A script shorter than this explains nothing, in ms. */
const shortest = 5

/**
 * Records long animation frames, or long tasks where the engine (Chromium before 123) knows no frames. Their
 * scripts are children of the interaction, navigation or load during which they ran; where none was going on, of a
 * span of the frame's own.
 */
export const longFrames = (): Instrumentation => (tracer) => {
  let left = most
  const frames = 'long-animation-frame'
  const type = observable(frames) ? frames : 'longtask'
  const record = (entry: Frame) => {
    const { startTime, duration, blockingDuration, scripts = [], name } = entry
    if (left-- <= 0) return
    // The longest script explains the frame; others in it may belong to what came before.
    const [longest = entry] = [...scripts].sort((a, b) => b.duration - a.duration)
    const owner = spanAt(tracer, longest.startTime + longest.duration / 2)
    const frame = tracer.start(type == frames ? 'long animation frame' : 'long task', {
      parent: owner || null,
      start: startTime,
      attributes: {
        'lightspan.frame.blocking_duration': blockingDuration ?? duration - long,
        'lightspan.task.culprit': type == frames ? undefined : name,
      },
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
  return observe([type], (entries) => (entries as Frame[]).forEach(record))
}
