// help.tsx: the sheet of shortcuts.

import { useEffect, useRef } from 'preact/hooks'
import type { App } from '../state/app.ts'
import { Icon } from './icons.tsx'

const sheets: [string, [keys: string[], does: string][]][] = [
  [
    'Everywhere',
    [
      [['/'], 'Filter or search'],
      [['j', '↓'], 'Next row'],
      [['k', '↑'], 'Previous row'],
      [['Enter'], 'Open'],
      [['Esc'], 'Close'],
      [['?'], 'This sheet'],
    ],
  ],
  ['Trace list', [[['r'], 'Refresh']]],
  [
    'Trace',
    [
      [['→'], 'Unfold, or first child'],
      [['←'], 'Fold, or parent'],
      [['+', '−'], 'Unfold or fold all'],
      [['e', 'E'], 'Next, previous error'],
      [['n', 'N'], 'Next, previous match'],
      [['z'], 'Zoom to the span'],
      [['0'], 'Zoom out'],
    ],
  ],
]

const Sheet = ({ title, lines }: { title: string; lines: [string[], string][] }) => (
  <section>
    <h3>{title}</h3>
    <dl>
      {lines.map(([keys, does]) => (
        <div key={does}>
          <dt>
            {keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  </section>
)

export const Help = ({ app }: { app: App }) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const close = () => (app.help.value = false)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog
      class="help"
      ref={dialog}
      tabIndex={-1}
      autofocus
      aria-label="Keyboard shortcuts"
      onClose={close}
      onClick={(event) => event.target == dialog.current && close()}
    >
      <header>
        <h2>Keyboard shortcuts</h2>
        <button class="quiet" type="button" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <div class="help-sheets">
        {sheets.map(([title, lines]) => (
          <Sheet key={title} title={title} lines={lines} />
        ))}
      </div>
    </dialog>
  )
}
