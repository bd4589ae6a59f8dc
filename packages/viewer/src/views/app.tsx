// app.tsx: the frame around both pages.

import type { App as AppState } from '../state/app.ts'
import { Help } from './help.tsx'
import { Icon, Logo } from './icons.tsx'
import { ListPage } from './list/list-page.tsx'
import { Notice } from './notice.tsx'
import { TracePage } from './trace/trace-page.tsx'

const themeNames = { system: 'as the system says', light: 'light', dark: 'dark' }

const TopBar = ({ app }: { app: AppState }) => {
  const theme = app.theme.value
  return (
    <header class="top">
      <a class="brand" href="/">
        <Logo />
        Lightspan
      </a>
      <nav class="top-nav" aria-label="Pages">
        <a href="/" aria-current={app.route.value.page == 'list' ? 'page' : undefined}>
          Traces
        </a>
      </nav>
      <span class="grow" />
      <button
        class="quiet"
        type="button"
        title={`Colours: ${themeNames[theme]}`}
        aria-label={`Colours: ${themeNames[theme]}. Change`}
        data-theme-toggle
        onClick={app.next}
      >
        <Icon name={theme} />
      </button>
      <button
        class="quiet"
        type="button"
        title="Keyboard shortcuts (?)"
        aria-label="Keyboard shortcuts"
        onClick={() => (app.help.value = true)}
      >
        <Icon name="help" />
      </button>
    </header>
  )
}

const Page = ({ app }: { app: AppState }) => {
  const route = app.route.value
  if (route.page == 'list') return <ListPage app={app} />
  if (route.page == 'trace') return <TracePage app={app} />
  return (
    <main class="page">
      <Notice title="There is nothing here" tone="calm">
        <p>
          <code>{route.path}</code> is no page of the viewer. <a href="/">See the traces.</a>
        </p>
      </Notice>
    </main>
  )
}

export const App = ({ app }: { app: AppState }) => (
  <div class="frame">
    <TopBar app={app} />
    <Page app={app} />
    {app.help.value && <Help app={app} />}
  </div>
)
