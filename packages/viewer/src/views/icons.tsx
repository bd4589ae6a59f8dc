// icons.tsx: the few signs we need, drawn on a grid of 16.

const paths = {
  chevron: 'M6 4l4 4-4 4',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M6 6h7v7H6zM10 6V3H3v7h3',
  check: 'M3.5 8.5l3 3 6-7',
  filter: 'M2.5 4h11M4.5 8h7M6.5 12h3',
  refresh: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.5v2.8h-2.8',
  outgoing: 'M5 11l6-6M6 5h5v5',
  incoming: 'M11 5l-6 6M10 11H5V6',
  system: 'M2.5 3.5h11v7h-11zM6 13h4',
  light:
    'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7',
  dark: 'M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z',
  help: 'M6 6a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6 1v.4M8 11.6v.1',
  back: 'M10 3.5L5.5 8l4.5 4.5',
  link: 'M6.5 9.5l3-3M7 5l1.6-1.6a2.8 2.8 0 0 1 4 4L11 9M9 11l-1.6 1.6a2.8 2.8 0 0 1-4-4L5 7',
  search: 'M7 3a4 4 0 1 0 0 8 4 4 0 0 0 0-8M10 10l3 3',
}

export type IconName = keyof typeof paths

export const Icon = ({ name }: { name: IconName }) => (
  <svg class={'icon icon-' + name} viewBox="0 0 16 16" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
)

/** A mark told from the others by its shape as well as by its colour. */
export const ErrorMark = ({ label }: { label?: string | undefined }) => (
  <svg
    class="error-mark"
    viewBox="0 0 16 16"
    {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}
  >
    <path d="M8 1.5l6.8 12.5H1.2z" />
    <path class="error-mark-sign" d="M8 6.2v3.6M8 11.8v.1" />
  </svg>
)

export const Logo = () => (
  <svg class="logo" viewBox="0 0 20 20" aria-hidden="true">
    <rect x="1" y="3" width="11" height="3.5" rx="1.75" />
    <rect x="5" y="8.25" width="9" height="3.5" rx="1.75" opacity=".7" />
    <rect x="11" y="13.5" width="8" height="3.5" rx="1.75" opacity=".45" />
  </svg>
)
