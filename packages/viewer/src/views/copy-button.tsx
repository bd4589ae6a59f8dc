// copy-button.tsx: copies a text and says that it did.

import { useSignal } from '@preact/signals'
import { copyText } from './copy.ts'
import { Icon, type IconName } from './icons.tsx'

interface Props {
  text: string
  /** Completes "Copy …". */
  what: string
  icon?: IconName
}

export const CopyButton = ({ text, what, icon = 'copy' }: Props) => {
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
      <Icon name={said.value == 'Copied' ? 'check' : icon} />
      <span class="unseen" aria-live="polite">
        {said.value}
      </span>
    </button>
  )
}
