// use-size.ts: an element's size in px, kept up to date.

import { useSignal, type ReadonlySignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { RefObject } from 'preact'

export interface Size {
  width: number
  height: number
}

export const useSize = <E extends Element>(): [RefObject<E | null>, ReadonlySignal<Size>] => {
  const ref = useRef<E>(null)
  const size = useSignal<Size>({ width: 0, height: 0 })
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element
      if (width != size.peek().width || height != size.peek().height) size.value = { width, height }
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [ref, size]
}
