// main.tsx: the page's entry.

import { render } from 'preact'
import { createApp } from './state/app.ts'
import { App } from './views/app.tsx'
import { followLinks } from './views/links.ts'
import { listenToKeys } from './views/keys.ts'

const root = document.getElementById('app')
if (root) {
  const app = createApp(window)
  followLinks(document, app.navigate)
  listenToKeys(document, app)
  render(<App app={app} />, root)
}
