// first-span.tsx: an empty store is a person who is just starting; show the way.

import type { App } from '../../state/app.ts'
import { CopyButton } from '../copy-button.tsx'

const scriptTag = (origin: string) =>
  `<script src="/lightspan.js"
  data-service="my-shop"
  data-url="${origin}/v1/spans"></script>`

const curl = (origin: string) => `curl ${origin}/v1/traces \\
  -H 'content-type: application/json' \\
  -d @trace.json`

const Snippet = ({ text, what }: { text: string; what: string }) => (
  <div class="snippet">
    <pre>{text}</pre>
    <CopyButton text={text} what={what} />
  </div>
)

export const FirstSpan = ({ app }: { app: App }) => (
  <section class="notice notice-calm first-span">
    <h2>Waiting for the first span</h2>
    <p>The collector is up and its store is empty. Put the script into a page:</p>
    <Snippet text={scriptTag(app.origin)} what="the script tag" />
    <p>
      Or point any OpenTelemetry exporter at <code>{app.origin}/v1/traces</code> (OTLP over HTTP,
      JSON or protobuf):
    </p>
    <Snippet text={curl(app.origin)} what="the command" />
    <p class="actions">
      <button class="button" type="button" onClick={app.list.refresh}>
        Look again
      </button>
      <label class="check">
        <input
          type="checkbox"
          checked={app.list.automatic.value}
          onChange={(event) => app.list.setAutomatic(event.currentTarget.checked)}
        />
        Look every 5 seconds
      </label>
    </p>
  </section>
)
