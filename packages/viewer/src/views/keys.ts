// keys.ts: one listener for every shortcut; docs/viewer.md and help.tsx tell them.

import type { App } from '../state/app.ts'

type Keys = Record<string, () => void>

const isField = (target: EventTarget | null) =>
  target instanceof Element && !!target.closest('input,textarea,select,[contenteditable]')

// Arrows and Enter belong to whatever has the focus, unless that is the page or the waterfall.
const isFree = (target: EventTarget | null) =>
  target == document.body || (target instanceof Element && !!target.closest('[data-keys]'))

const stepRow = (by: number) => {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')]
  const at = rows.findIndex((it) => it == document.activeElement)
  rows[Math.min(Math.max(0, at + by), rows.length - 1)]?.focus()
}

const focusFilter = () => {
  const field = document.querySelector<HTMLInputElement>('[data-filter]')
  field?.focus()
  field?.select()
}

const listKeys = ({ list }: App): { letters: Keys; arrows: Keys } => ({
  letters: { j: () => stepRow(1), k: () => stepRow(-1), r: list.refresh },
  arrows: { ArrowDown: () => stepRow(1), ArrowUp: () => stepRow(-1) },
})

const pageOfRows = 20

const traceKeys = ({ actions, trace }: App): { letters: Keys; arrows: Keys } => {
  const isError = (id: string) => {
    const { value } = trace.state
    return value.kind == 'ready' && value.value.forest.byId.get(id)?.span.status == 'error'
  }
  const isMatch = (id: string) => trace.matches.value?.has(id) ?? false
  return {
    letters: {
      j: () => actions.move(1),
      k: () => actions.move(-1),
      e: () => actions.seek(1, isError),
      E: () => actions.seek(-1, isError),
      n: () => actions.seek(1, isMatch),
      N: () => actions.seek(-1, isMatch),
      z: actions.zoomToCursor,
      '0': actions.zoomOut,
      '-': () => actions.foldAll(true),
      '+': () => actions.foldAll(false),
    },
    arrows: {
      ArrowDown: () => actions.move(1),
      ArrowUp: () => actions.move(-1),
      ArrowLeft: actions.foldOrUp,
      ArrowRight: actions.unfoldOrDown,
      PageDown: () => actions.move(pageOfRows),
      PageUp: () => actions.move(-pageOfRows),
      Home: () => actions.move(-Infinity),
      End: () => actions.move(Infinity),
      Enter: () => trace.cursor.value && actions.openDetails(trace.cursor.value),
      ' ': () => trace.cursor.value && actions.toggle(trace.cursor.value),
    },
  }
}

const escape = ({ help, trace, actions }: App) => {
  if (help.value) help.value = false
  else if (isField(document.activeElement)) (document.activeElement as HTMLElement).blur()
  else if (trace.open.value) {
    actions.closeDetails()
    document.querySelector<HTMLElement>('[data-keys]')?.focus()
  }
}

/** Listens for the life of the document. */
export const listenToKeys = (page: Document, app: App): void => {
  const common: Keys = {
    '/': focusFilter,
    '?': () => {
      app.help.value = !app.help.value
    },
  }
  const pages: Record<string, { letters: Keys; arrows: Keys }> = {
    list: listKeys(app),
    trace: traceKeys(app),
  }
  page.addEventListener('keydown', (event) => {
    const { key, target } = event
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (key == 'Escape') return escape(app)
    if (isField(target)) return
    const { letters = {}, arrows = {} } = pages[app.route.value.page] ?? {}
    const onRow = target instanceof Element && target.hasAttribute('data-row')
    const act =
      common[key] ??
      (app.help.value ? undefined : letters[key]) ??
      (isFree(target) || onRow ? arrows[key] : undefined)
    if (!act) return
    event.preventDefault()
    act()
  })
}
