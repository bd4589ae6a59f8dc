// losses.tsx: a line on spans that never came, where there are such.

import type { App } from '../../state/app.ts'
import { lossesOf } from '../../state/losses.ts'

export const LossesLine = ({ app }: { app: App }) => {
  const { service } = app.list.filter.value
  const losses = lossesOf(app.services.value, service)
  if (!losses) return null
  const { spans, text, explained } = losses
  const those = spans == 1 ? '1 span' : `${spans.toLocaleString('en')} spans`
  return (
    <p class="losses" title={explained}>
      Senders{service && ` of ${service}`} say that {those} of the chosen time never left or were
      not taken: {text}
    </p>
  )
}
