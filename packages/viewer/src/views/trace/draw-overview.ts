// draw-overview.ts: the whole trace on one small canvas, a line per span.

import { isErrorOrigin } from '../../layout/tree.ts'
import type { TraceView } from '../../state/trace-view.ts'

/** Resolves CSS custom properties to colours, each asked for once. */
const createPalette = (canvas: HTMLCanvasElement) => {
  const style = getComputedStyle(canvas)
  const known = new Map<string, string>()
  return (colour: string) => {
    const name = colour.replace(/^var\((.*)\)$/, '$1')
    const value = known.get(name) ?? style.getPropertyValue(name)
    known.set(name, value)
    return value
  }
}

/** Draws; `colourOf` gives `var(--…)` as for style attributes. Does nothing without a 2d context. */
export const drawOverview = (
  canvas: HTMLCanvasElement,
  { forest, trace }: TraceView,
  colourOf: (service: string) => string,
  { width, height }: { width: number; height: number },
): void => {
  const context = canvas.getContext('2d')
  if (!context || !width) return
  const dense = devicePixelRatio || 1
  canvas.width = width * dense
  canvas.height = height * dense
  context.scale(dense, dense)
  const resolve = createPalette(canvas)
  const count = forest.nodes.length
  const step = Math.min(5, height / count)
  const thick = Math.max(1, step * 0.6)
  const top = Math.max(0, (height - step * count) / 2)
  const scale = width / (trace.duration || 1)
  // errors in a second pass, so that none is hidden under its neighbours
  for (const errors of [false, true])
    forest.nodes.forEach((node, row) => {
      if (isErrorOrigin(node) != errors) return
      const { span } = node
      context.fillStyle = resolve(errors ? '--error' : colourOf(span.service))
      context.fillRect(
        span.start * scale,
        top + row * step,
        Math.max(1.5, span.duration * scale),
        thick,
      )
    })
}
