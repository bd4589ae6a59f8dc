// service-worker.ts: passes requests on, and sends what it has of them.

import { startWorker } from '@lightspan/worker'

interface ServiceEvent extends Event {
  request: Request
  respondWith: (response: Promise<Response>) => void
  waitUntil: (until: Promise<unknown>) => void
}

const lightspan = startWorker({ service: 'service worker' })
const scope = globalThis as unknown as EventTarget & {
  skipWaiting: () => Promise<void>
  clients: { claim: () => Promise<void> }
}
const on = (type: string, hear: (event: ServiceEvent) => void) =>
  scope.addEventListener(type, (event) => hear(event as ServiceEvent))

on('install', (event) => event.waitUntil(scope.skipWaiting()))
on('activate', (event) => event.waitUntil(scope.clients.claim()))
on('fetch', (event) => {
  if (event.request.url.includes('/v1/')) return
  const response = fetch(event.request)
  event.respondWith(response)
  event.waitUntil(response.then(() => lightspan.flush()))
})
