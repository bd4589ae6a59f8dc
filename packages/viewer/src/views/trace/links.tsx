// links.tsx: the spans of other traces that this one points to.

import type { Span } from '../../api/model.ts'
import type { App } from '../../state/app.ts'
import { traceHref } from '../../state/route.ts'
import { AttributeTable } from './attribute-table.tsx'

export const Links = ({ app, span }: { app: App; span: Span }) => {
  if (!span.links.length) return null
  return (
    <section class="details-part">
      <h3>
        Links <small>{span.links.length}</small>
      </h3>
      {span.links.map((link, n) => (
        <div key={n} class="span-link">
          <a class="mono" href={traceHref(link.traceId, link.spanId)}>
            {link.traceId.slice(0, 16)}… / {link.spanId}
          </a>
          {link.attributes.length > 0 && <AttributeTable app={app} attributes={link.attributes} />}
        </div>
      ))}
    </section>
  )
}
