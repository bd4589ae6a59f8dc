// theme.ts: light, dark, or as the system says.

import { effect, signal, type ReadonlySignal } from '@preact/signals'
import type { Memory } from './memory.ts'

export type Theme = 'system' | 'light' | 'dark'

export interface ThemeChoice {
  theme: ReadonlySignal<Theme>
  /** system, light, dark, and round again. */
  next: () => void
}

const order: Theme[] = ['system', 'light', 'dark']

/** Keeps `data-theme` on the root element as chosen; the style sheet does the rest. */
export const createTheme = (root: HTMLElement, memory: Memory): ThemeChoice => {
  const stored = memory.read('theme')
  const theme = signal<Theme>(order.find((it) => it == stored) ?? 'system')
  effect(() => {
    if (theme.value == 'system') delete root.dataset['theme']
    else root.dataset['theme'] = theme.value
  })
  return {
    theme,
    next: () => {
      theme.value = order[(order.indexOf(theme.value) + 1) % order.length] ?? 'system'
      memory.write('theme', theme.value)
    },
  }
}
