// service.tsx: a service's dot, and its name.

import type { App } from '../state/app.ts'

export const Dot = ({ app, service }: { app: App; service: string }) => (
  <i class="dot" style={{ background: app.colourOf(service) }} />
)

export const ServiceName = ({ app, service }: { app: App; service: string }) => (
  <span class="service">
    <Dot app={app} service={service} />
    {service}
  </span>
)
