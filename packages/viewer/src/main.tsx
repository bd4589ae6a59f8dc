// main.tsx: the page's entry.

import { render } from 'preact'
import { createApp } from './state/app.ts'
import { App } from './views/app.tsx'
import { followLinks } from './views/links.ts'
import { listenToKeys } from './views/keys.ts'
import { keepDirections } from './views/plain-direction.ts'

const root = document.getElementById('app')
if (root) {
  const app = createApp(window)
  keepDirections()
  followLinks(document, app.navigate)
  listenToKeys(document, app)
  render(<App app={app} />, root)
}
