// notice.tsx: a page that has something to say instead of something to show.

import type { ComponentChildren } from 'preact'
import { ErrorMark } from './icons.tsx'

interface Props {
  title: string
  tone: 'calm' | 'error'
  children?: ComponentChildren
}

export const Notice = ({ title, tone, children }: Props) => (
  <section class={'notice notice-' + tone} role={tone == 'error' ? 'alert' : 'status'}>
    <h2>
      {tone == 'error' && <ErrorMark />}
      {title}
    </h2>
    {children}
  </section>
)

/** Grey bars where rows will be; `lines` of them. */
export const Skeleton = ({ lines }: { lines: number }) => (
  <div class="skeleton" role="status" aria-label="Loading">
    {Array.from({ length: lines }, (_, n) => (
      <i key={n} style={{ width: `${30 + ((n * 37) % 60)}%` }} />
    ))}
  </div>
)
