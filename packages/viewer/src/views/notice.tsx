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

/** What went wrong with a question, by the answer's HTTP status; 0 is none. */
export const failureTitle = (status: number): string =>
  status ? 'The collector could not answer' : 'No answer from the collector'

/** Grey bars where rows will be; `lines` of them. */
export const Skeleton = ({ lines }: { lines: number }) => (
  <div class="skeleton" role="status" aria-label="Loading">
    {Array.from({ length: lines }, (_, n) => (
      <i key={n} style={{ width: `${30 + ((n * 37) % 60)}%` }} />
    ))}
  </div>
)
