// overview.tsx: the whole trace in small; drag over it to look at a part.

import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { drag, gripAt, type Grip, type Range } from '../../layout/brush.ts'
import type { App } from '../../state/app.ts'
import type { TraceView } from '../../state/trace-view.ts'
import { useSize } from '../use-size.ts'
import { drawOverview } from './draw-overview.ts'

/** A drag shorter than this many px was a click. */
const slip = 4

interface Held {
  grip: Grip
  start: number
  range: Range
}

const useBrush = (app: App, whole: number) => {
  const held = useRef<Held>(undefined)
  const draft = useSignal<Range | undefined>(undefined)
  const { from, to } = app.trace.window.value
  const range = draft.value ?? { from: from / whole, to: to / whole }
  const at = (event: PointerEvent) => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect()
    return { at: (event.clientX - left) / (width || 1), width }
  }
  return {
    range,
    onPointerDown: (event: PointerEvent) => {
      if (event.button) return
      const { at: start, width } = at(event)
      held.current = { grip: gripAt(range, start, 6 / width), start, range }
      ;(event.currentTarget as Element).setPointerCapture(event.pointerId)
    },
    onPointerMove: (event: PointerEvent) => {
      if (!held.current) return
      const { range, grip, start } = held.current
      const now = at(event)
      if (Math.abs(now.at - start) * now.width > slip || draft.value)
        draft.value = drag(range, grip, start, now.at)
    },
    onPointerUp: () => {
      const chosen = draft.value
      held.current = undefined
      draft.value = undefined
      if (chosen) app.actions.zoom({ from: chosen.from * whole, to: chosen.to * whole })
    },
    onDblClick: app.actions.zoomOut,
  }
}

// The canvas holds pixels, not styles: it must be told when colours change.
const useColourScheme = () => {
  const changes = useSignal(0)
  useLayoutEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)')
    const change = () => void changes.value++
    query.addEventListener('change', change)
    return () => query.removeEventListener('change', change)
  }, [])
  return changes.value
}

export const Overview = ({ app, view }: { app: App; view: TraceView }) => {
  const [box, size] = useSize<HTMLDivElement>()
  const canvas = useRef<HTMLCanvasElement>(null)
  const whole = view.trace.duration || 1
  const { range, ...brush } = useBrush(app, whole)
  const colours = `${useColourScheme()} ${app.theme.value} ${view.services.map((it) => app.colourOf(it.name)).join()}`
  const { width, height } = size.value
  useLayoutEffect(() => {
    if (canvas.current) drawOverview(canvas.current, view, app.colourOf, { width, height })
  }, [view, width, height, colours])
  const zoomed = range.from > 0 || range.to < 1
  return (
    <section class="overview" aria-label="Overview">
      <div class="overview-box" ref={box} title="Drag to zoom, double-click to zoom out" {...brush}>
        <canvas ref={canvas} />
        {zoomed && (
          <>
            <i class="veil" style={{ left: 0, width: `${range.from * 100}%` }} />
            <i class="veil" style={{ left: `${range.to * 100}%`, right: 0 }} />
            <i
              class="lens"
              style={{ left: `${range.from * 100}%`, width: `${(range.to - range.from) * 100}%` }}
            />
          </>
        )}
      </div>
      {zoomed && (
        <button class="zoom-out" type="button" onClick={app.actions.zoomOut}>
          Show all <kbd>0</kbd>
        </button>
      )}
    </section>
  )
}
