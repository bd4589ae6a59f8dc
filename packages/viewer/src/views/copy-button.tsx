// copy-button.tsx: copies a text and says that it did.

import { useSignal } from '@preact/signals'
import { copyText } from './copy.ts'
import { Icon } from './icons.tsx'

export const CopyButton = ({ text, what }: { text: string; what: string }) => {
  const said = useSignal<'' | 'Copied' | 'Not allowed to copy'>('')
  const copy = async () => {
    said.value = (await copyText(text)) ? 'Copied' : 'Not allowed to copy'
    setTimeout(() => (said.value = ''), 1500)
  }
  return (
    <button
      class="quiet small"
      type="button"
      title={said.value || 'Copy ' + what}
      aria-label={'Copy ' + what}
      onClick={() => void copy()}
    >
      <Icon name={said.value == 'Copied' ? 'check' : 'copy'} />
      <span class="unseen" aria-live="polite">
        {said.value}
      </span>
    </button>
  )
}
